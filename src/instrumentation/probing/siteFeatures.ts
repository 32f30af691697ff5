import { pool, poolingOf, type Pooling } from '../../probing/pooling.ts'
import type { Chunk } from '../examples/passes/chunks.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { forward } from '../examples/passes/forward.ts'
import { withRecalibrated } from '../examples/passes/movingStatistics.ts'
import { observing } from '../examples/passes/observing.ts'
import { undisturbed } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { untracked } from '../tfjs/untracked.ts'
import { isTensor, type Engine, type Layer, type Tensor } from '../tfjs/tfjs.ts'
import { examplesOf } from '../examples/heldBatch.ts'

/** Features of one layer for each example at most: 512 channels in 4 × 4 windows. */
const MAX_FEATURES = 8192

/** A layer's output as probes get it. */
export interface PooledSite {
  readonly site: MeasuredSite
  readonly pooling: Pooling
}

/** Passes of a trained model in inference mode, in which the features of layers are collected. */
export class SiteFeatures {
  readonly #fitted: FittedModel
  /** Examples whose batches replace moving statistics that lag behind; empty where none do. */
  readonly #recalibrating: readonly Chunk[]

  constructor(fitted: FittedModel, recalibrating: readonly Chunk[]) {
    this.#fitted = fitted
    this.#recalibrating = recalibrating
  }

  /** How the outputs of layers are pooled, as the first chunk shows. Layers that it does not call are left out. */
  pooled(sites: readonly MeasuredSite[], first: Chunk): PooledSite[] {
    const poolings = new Map<Layer, Pooling>()
    this.#pass(sites, [first], (layer, output) => {
      const shape = channelsLast(layer, output.shape.slice(1))
      if (!poolings.has(layer) && shape.length > 0) poolings.set(layer, poolingOf(shape, MAX_FEATURES))
    })
    return sites.flatMap((site) => {
      const pooling = poolings.get(site.layer)
      return pooling ? [{ site, pooling }] : []
    })
  }

  /**
   * Collects features.
   * @param kept whether a site needs an example, by its number
   * @param rows number of the examples that a site needs
   * @returns by site: [rows × features], missing where the outputs differ in size or hold NaN or infinity; and the
   *   model's own first outputs, [examples × width]
   */
  collect(
    sites: readonly PooledSite[],
    chunks: readonly Chunk[],
    rows: (site: PooledSite) => number,
    kept: (site: PooledSite, example: number) => boolean,
  ): { features: Map<MeasuredSite, Float32Array>; outputs: Float32Array[] } {
    const collected = sites.map((each) => ({
      ...each,
      each,
      at: 0,
      isSound: true,
      values: new Float32Array(rows(each) * each.pooling.features),
    }))
    const byLayer = new Map(collected.map((one) => [one.site.layer, one]))
    const outputs: Float32Array[] = []
    let [begin, seen] = [0, new Set<Layer>()]
    const observe = (layer: Layer, output: Tensor): void => {
      const one = byLayer.get(layer)
      // A shared layer is called several times for the same examples: the first call counts.
      if (!one || seen.has(layer)) return
      seen.add(layer)
      const { features } = one.pooling
      const pooled = this.#pooledValues(layer, output, one.pooling)
      if (!pooled || !pooled.every((value) => Number.isFinite(value))) return void (one.isSound = false)
      for (let example = 0; example < output.shape[0]!; example++)
        if (kept(one.each, begin + example))
          one.values.set(pooled.subarray(example * features, (example + 1) * features), one.at++ * features)
    }
    const ended = (chunk: Chunk, [output]: Tensor[]): void => {
      begin += examplesOf(chunk)
      seen = new Set()
      if (output) outputs.push(output.dataSync().slice())
    }
    const layers = collected.map(({ site }) => site)
    this.#pass(layers, chunks, observe, ended)
    const features = new Map(
      collected.flatMap(({ site, values, isSound, at, pooling }) =>
        isSound && at * pooling.features === values.length ? [[site, values] as const] : [],
      ),
    )
    return { features, outputs }
  }

  #pooledValues(layer: Layer, output: Tensor, pooling: Pooling): Float32Array | null {
    const shape = channelsLast(layer, output.shape.slice(1))
    if (poolingOf(shape, MAX_FEATURES).features !== pooling.features) return null
    const target = new Float32Array(output.shape[0]! * pooling.features)
    const values = withChannelsLast(this.#fitted.engine, layer, output)
    const mask = output.kerasMask?.dataSync() ?? null
    pool(values, shape, pooling, mask?.length === output.shape[0]! * (shape[0] ?? 0) ? mask : null, target)
    return target
  }

  #pass(
    sites: readonly MeasuredSite[],
    chunks: readonly Chunk[],
    observe: (layer: Layer, output: Tensor) => void,
    ended: (chunk: Chunk, outputs: Tensor[]) => void = () => undefined,
  ): void {
    const { engine, model } = this.#fitted
    const forwardAll = (): void => {
      const layers = sites.map(({ layer }) => layer)
      const restore = observing(layers, (layer, output) => {
        if (isTensor(output) && output.dtype === 'float32') observe(layer, output)
      })
      try {
        for (const chunk of chunks) undisturbed(engine, model, () => ended(chunk, forward(engine, model, chunk)))
      } finally {
        restore()
      }
    }
    if (this.#recalibrating.length === 0) return forwardAll()
    undisturbed(engine, model, () => withRecalibrated(engine, model, this.#recalibrating, forwardAll))
  }
}

function channelsLast({ dataFormat }: Layer, shape: number[]): number[] {
  return dataFormat === 'channelsFirst' && shape.length > 1 ? [...shape.slice(1), shape[0]!] : shape
}

function withChannelsLast(engine: Engine, { dataFormat }: Layer, x: Tensor): Float32Array {
  if (dataFormat !== 'channelsFirst' || x.shape.length < 3) return x.dataSync()
  const positions = x.shape.slice(2).map((_, i) => i + 2)
  return untracked(engine, () => engine.runKernel('Transpose', { x }, { perm: [0, ...positions, 1] }).dataSync())
}
