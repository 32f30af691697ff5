import type { EventBody } from '../../protocol/events.ts'
import type { Exact } from '../../protocol/trials/exact.ts'
import { matchesPattern } from '../../protocol/measureOptions.ts'
import type { RunningLayer } from '../../protocol/trials/probe.ts'
import type { ExactTask as Options } from '../../protocol/task.ts'
import { DEFAULT_SECONDS } from '../../protocol/task.ts'
import { bootstrapDimension } from '../../saturation/bootstrap/blockBootstrap.ts'
import { AskedTask } from '../examples/askedTask.ts'
import { fixedBatchSize, type FittedModel } from '../examples/fittedModel.ts'
import { examplesOf, type HeldBatch } from '../examples/heldBatch.ts'
import { chunksOf } from '../examples/passes/chunks.ts'
import { layersWithin } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { kindOf } from '../tfjs/tfjs.ts'
import { blockCovariances } from './blockCovariances.ts'

/** Most bytes of an epoch's examples that are held. */
const MAX_BYTES = 512 * 2 ** 20

/** Kinds of layers whose outputs differ between training and inference. */
const TRAINS_OTHERWISE = /Dropout|GaussianNoise|BatchNormalization/

/** Compares the online covariance of chosen layers with the exact one of an epoch's inputs at its last weights. */
export class ExactTask extends AskedTask {
  protected readonly failed = 'The online covariance was not compared with the exact one.'
  protected readonly advice =
    'The exact covariance is of the inputs of fit, fitDataset or trainOnBatch, else of validation data; name a measured layer by --layer.'
  readonly training = { examples: Infinity, bytes: MAX_BYTES, ofEpoch: true }
  readonly #options: Options

  constructor(options: Options, report: (event: EventBody) => void, sites: () => MeasuredSite[]) {
    super(report, sites)
    this.#options = options
  }

  run(fitted: FittedModel): void {
    const all = this.sitesOf(fitted)
    const sites = all.filter(({ id, name }) => id === this.#options.layer || matchesPattern(this.#options.layer, name))
    const names = all.map(({ name }) => name).join(', ')
    if (sites.length === 0) throw new Error(`No measured layer is called ${this.#options.layer}: there are ${names}.`)
    for (const result of this.#measure(fitted, sites)) this.report({ type: 'exact', ...result })
  }

  /** Yields what is known whenever a layer begins, and at the end. @throws Error when no layer can be measured */
  *#measure(fitted: FittedModel, sites: readonly MeasuredSite[]): Generator<Exact> {
    const began = performance.now()
    const { model, training, validation, source } = fitted
    const isTraining = training.length > 0
    const batches = isTraining ? training : validation
    const examples = count(batches)
    const chunks = chunksOf(batches, fixedBatchSize(model), 1)
    const delta = this.#options.delta
    const until = began + 1000 * (this.#options.seconds ?? DEFAULT_SECONDS)
    const notes: string[] = []
    const differing = new Set(
      layersWithin(model)
        .map(kindOf)
        .filter((kind) => TRAINS_OTHERWISE.test(kind)),
    )
    const differs = `The exact covariance is of passes in inference mode, the online one of training steps: layers behind ${[...differing].join(' and ')} differ for that reason as well.`
    const layers: Exact['layers'] = []
    const elapsed = () => (performance.now() - began) / 1000
    const result = (running?: RunningLayer): Exact => ({
      model: model.name,
      source: isTraining ? 'training' : source === 'inputs' ? 'training' : source,
      examples,
      given: isTraining ? Math.max(examples, fitted.trainingGiven ?? 0) : examples,
      delta,
      layers: [...layers],
      notes: isTraining && differing.size > 0 ? [...notes, differs] : [...notes],
      seconds: elapsed(),
      ...(running ? { running } : {}),
    })
    const of = sites.length
    for (const [done, site] of sites.entries()) {
      const { id: layer, name, width } = site
      yield result({ name, done, of, secondsLeft: done === 0 ? null : (elapsed() * (of - done)) / done })
      const blocks = blockCovariances(fitted, site, chunks)
      if (!blocks) {
        notes.push(`${name} was left out: its output holds NaN or infinity, or it is too wide for its covariance.`)
        continue
      }
      const { k, band, replicates } = bootstrapDimension(blocks, delta, () => performance.now() < until)
      const observations = blocks.reduce((sum, block) => sum + block.count, 0)
      layers.push({ layer, name, width, observations, k, band, blocks: blocks.length, replicates })
    }
    yield result()
    if (layers.length === 0) throw new Error(notes[0])
  }
}

function count(batches: readonly HeldBatch[]): number {
  return batches.reduce((sum, batch) => sum + examplesOf(batch), 0)
}
