import { TOLERANCE } from '../../probing/linearProbe.ts'
import { chunkSizes, scoreOf, type Score } from '../../probing/score.ts'
import type { Probed, ProbedLayer, ProbeScore } from '../../protocol/trials/probe.ts'
import { DEFAULT_SECONDS, type ProbeTask as Options } from '../../protocol/task.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { laggingNormalisers } from '../examples/passes/movingStatistics.ts'
import { undisturbed } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { fingerprintOf } from './fingerprint.ts'
import { pickLabels, probeLayer } from './layerProbe.ts'
import { count, probeData, type ProbeData } from './probeData.ts'
import { SiteFeatures, type PooledSite } from './siteFeatures.ts'

/** Bytes of the features of one layer's training, and of its held-out examples, at most. */
const MAX_BYTES = 128 * 2 ** 20
/** Times its share of the time that one layer may take, because the others may take less. */
const PATIENCE = 2

/** The features of layers, [examples × features] each. */
interface Collected {
  readonly training: Map<MeasuredSite, Float32Array>
  readonly testing: Map<MeasuredSite, Float32Array>
}

/**
 * The contribution of layers (arXiv 2006.08679): linear probes are trained on the outputs of each layer of a trained
 * network, and their quality on held-out examples is compared with that of the network itself.
 */
export class ProbeExperiment {
  readonly #fitted: FittedModel
  readonly #report: (result: Probed) => void
  readonly #began = performance.now()
  readonly #seconds: number
  readonly #data: ProbeData
  readonly #features: SiteFeatures
  readonly #known: ReadonlyMap<string, ProbedLayer>
  readonly #result: Probed

  /**
   * @param report called with the result so far, whenever a layer begins or is done
   * @throws Error with a sentence for the user where nothing can be probed.
   */
  constructor(
    fitted: FittedModel,
    { seconds = DEFAULT_SECONDS, earlier = [] }: Options,
    report: (result: Probed) => void,
  ) {
    this.#fitted = fitted
    this.#report = report
    this.#seconds = seconds
    const { engine, model, source } = fitted
    const data = probeData(fitted)
    const { training, testing } = data
    const notes = [...data.notes]
    this.#data = data
    const lagging = undisturbed(engine, model, () => laggingNormalisers(engine, model, training))
    if (lagging.length > 0)
      notes.push(
        `The moving statistics of ${lagging.join(', ')} lag behind the training. They are replaced by those of training batches.`,
      )
    this.#features = new SiteFeatures(fitted, lagging.length > 0 ? training : [])
    const fingerprint = fingerprintOf(model, testing)
    const same = earlier.find((each) => each.fingerprint === fingerprint)
    this.#known = new Map(same?.layers.flatMap((layer) => (layer.converged ? [[layer.layer, layer]] : [])))
    const { labels } = this.#data
    this.#result = {
      model: model.name,
      metric: labels.training.kind === 'classes' ? 'accuracy' : 'R²',
      outputs: labels.training.columns,
      source,
      examples: { training: count(training), testing: count(testing) },
      chance: labels.chance,
      own: null,
      chunkSizes: chunkSizes(count(testing)),
      layers: [],
      late: [],
      running: null,
      tolerance: TOLERANCE,
      fingerprint,
      notes,
      seconds: 0,
      done: false,
    }
  }

  /**
   * Probes layers as far as the time goes.
   * @param sites of the model, the outputs left out
   * @throws Error with a sentence for the user where no layer can be probed.
   */
  run(sites: readonly MeasuredSite[]): void {
    const { training } = this.#data
    const all = this.#features.pooled(sites, training[0]!)
    if (all.length === 0) throw new Error('No layer of the model can be probed: none but the outputs is measured.')
    this.#result.own = this.#own()
    const layers = new Map(all.map(({ site }) => [site.id, this.#known.get(site.id) ?? null]))
    const open = all.filter(({ site }) => !layers.get(site.id))
    if (open.length < all.length)
      this.#result.notes.push(`${all.length - open.length} layers were probed before, in the same network.`)
    const late: string[] = []
    for (const group of this.#groups(open)) {
      if (this.#leftMs <= 0) {
        late.push(...group.map(({ site }) => site.name))
        continue
      }
      const collected = this.#collect(group)
      for (const pooled of group) {
        if (this.#leftMs <= 0) late.push(pooled.site.name)
        else layers.set(pooled.site.id, this.#probe(pooled, collected, open))
        this.#result.layers = [...layers.values()].filter((layer) => layer !== null)
      }
    }
    this.#result.layers = [...layers.values()].filter((layer) => layer !== null)
    this.#result.late = late
    if (late.length > 0)
      this.#result.notes.push(`The time of ${this.#seconds} seconds was over: ${late.join(', ')} were not probed.`)
    this.#result.running = null
    this.#publish(true)
  }

  get #leftMs(): number {
    return this.#seconds * 1000 - (performance.now() - this.#began)
  }

  /** The quality of the model itself; null where its outputs are none of the classes or values. */
  #own(): ProbeScore | null {
    const { outputs } = this.#features.collect(
      [],
      this.#data.testing,
      () => 0,
      () => false,
    )
    const width = this.#fitted.model.outputs[0]!.shape.at(-1) ?? 1
    const all = new Float32Array(outputs.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of outputs) {
      all.set(part, at)
      at += part.length
    }
    const { own, testing } = this.#data.labels
    const prediction = own(all, width)
    const expected = testing.kind === 'classes' ? testing.classes.length : testing.values.length
    return prediction?.length === expected ? finiteScore(scoreOf(prediction, testing)) : null
  }

  /** Layers whose features are collected in one pass, because they fit in memory together. */
  #groups(all: readonly PooledSite[]): PooledSite[][] {
    const groups: PooledSite[][] = []
    let bytes = Infinity
    for (const pooled of all) {
      const size = 4 * pooled.pooling.features * this.#trainingRows(pooled)
      if (bytes + size > MAX_BYTES) {
        groups.push([])
        bytes = 0
      }
      groups.at(-1)!.push(pooled)
      bytes += size
    }
    return groups
  }

  /** Examples of the training that a layer's probe is trained on. */
  #trainingRows({ pooling }: PooledSite): number {
    return Math.min(count(this.#data.training), Math.floor(MAX_BYTES / (4 * pooling.features)))
  }

  #collect(group: readonly PooledSite[]): Collected {
    const { training, testing } = this.#data
    const total = count(training)
    const trained = this.#features.collect(
      group,
      training,
      (each) => this.#trainingRows(each),
      (each, example) => isEvenlyKept(example, this.#trainingRows(each), total),
    )
    const heldOut = this.#features.collect(
      group,
      testing,
      () => count(testing),
      () => true,
    )
    return { training: trained.features, testing: heldOut.features }
  }

  #probe(pooled: PooledSite, collected: Collected, open: readonly PooledSite[]): ProbedLayer | null {
    const { site, pooling } = pooled
    const left = open.slice(open.indexOf(pooled))
    this.#result.running = {
      name: site.name,
      done: open.length - left.length,
      of: open.length,
      secondsLeft: this.#secondsLeft(open, left),
    }
    this.#publish(false)
    const began = performance.now()
    const rows = { training: collected.training.get(site), testing: collected.testing.get(site) }
    if (!rows.training || !rows.testing) {
      this.#result.notes.push(`${site.name} was left out: its outputs differ in size, or hold NaN or infinity.`)
      return null
    }
    const deadline = began + (PATIENCE * this.#leftMs * pooling.features) / featuresOf(left)
    const isOver = (): boolean => performance.now() > Math.min(deadline, this.#began + this.#seconds * 1000)
    const total = count(this.#data.training)
    const kept = this.#trainingRows(pooled)
    const { labels } = this.#data
    const { probe, score } = probeLayer(
      this.#fitted.engine,
      pooling.features,
      { rows: rows.training, labels: pickLabels(labels.training, (example) => isEvenlyKept(example, kept, total)) },
      { rows: rows.testing, labels: labels.testing },
      isOver,
    )
    // The memory is free for the next layers.
    collected.training.delete(site)
    collected.testing.delete(site)
    const { penalty, iterations, gradientNorm, converged } = probe
    return {
      ...finiteScore(score),
      layer: site.id,
      name: site.name,
      features: pooling.features,
      pooling: pooling.how,
      windows: [...pooling.windows],
      examples: kept,
      penalty,
      iterations,
      gradient: finiteOr(gradientNorm),
      converged,
      seconds: (performance.now() - began) / 1000,
    }
  }

  /** Seconds until all layers are probed, by the time that features took so far; null before the first. */
  #secondsLeft(open: readonly PooledSite[], left: readonly PooledSite[]): number | null {
    const done = featuresOf(open) - featuresOf(left)
    if (done === 0) return null
    const elapsed = (performance.now() - this.#began) / 1000
    return Math.min((elapsed * featuresOf(left)) / done, Math.max(0, this.#leftMs / 1000))
  }

  #publish(done: boolean): void {
    this.#report({ ...this.#result, seconds: (performance.now() - this.#began) / 1000, done })
  }
}

function featuresOf(sites: readonly PooledSite[]): number {
  return sites.reduce((sum, { pooling }) => sum + pooling.features, 0)
}

/** Whether an example is one of `kept` that are taken evenly over `total`. */
function isEvenlyKept(example: number, kept: number, total: number): boolean {
  return Math.floor(((example + 1) * kept) / total) > Math.floor((example * kept) / total)
}

function finiteScore({ value, interval, chunks }: Score): ProbeScore {
  return {
    value: finiteOr(value),
    interval: [finiteOr(interval[0]), finiteOr(interval[1])],
    chunks: chunks.map(finiteOr),
  }
}

function finiteOr(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
