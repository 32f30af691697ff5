import { bytesOfMoments, bytesOfWeights } from '../../learned/learnedFile.ts'
import type { WeightPlace } from '../../folding/deriveRecipe.ts'
import type { Learned, LearnedLayer } from '../../folding/learned.ts'
import type { Recipe } from '../../folding/recipe.ts'
import type { Moments } from '../../saturation/units/moments.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { modelMoments } from '../narrowing/modelMoments.ts'
import type { Channel } from '../reporting/channel.ts'
import type { Layer } from '../tfjs/tfjs.ts'
import { uniqueName, type ConstructedLayers, type WeightedLayer } from './constructedLayers.ts'

/** Bytes that are copied in a millisecond, until the first copy has shown how many. */
const BYTES_PER_MS = 1_000_000

/** Where a tensor is among the layers' weights; null for any other tensor. */
export type PlaceOf = (tensor: number) => WeightPlace | null

/**
 * Keeps what the training has learned: reads the weights on the training thread, and leaves writing them to the worker.
 * The weights themselves are only read.
 */
export class WeightKeeper {
  readonly #layers: ConstructedLayers
  /** Largest number of bytes that are kept. */
  readonly #limit: number
  readonly #idOf: (layer: Layer) => string | null
  readonly #recipeOf: (placeOf: PlaceOf) => Recipe
  /** By consumer, of the models that were measured last. */
  readonly #moments = new Map<string, Moments>()
  /** Training step at which the weights were kept last; null before. */
  #keptAt: number | null = null
  #bytesPerMs = BYTES_PER_MS
  #isLimitReported = false

  /**
   * @param idOf a layer's id in the run; null for one that has no part in it
   * @param recipeOf how weights take part in the widths, as far as that is known by now
   */
  constructor(
    layers: ConstructedLayers,
    limit: number,
    idOf: (layer: Layer) => string | null,
    recipeOf: (placeOf: PlaceOf) => Recipe,
  ) {
    this.#layers = layers
    this.#limit = limit
    this.#idOf = idOf
    this.#recipeOf = recipeOf
  }

  /**
   * Keeps the weights, unless they are kept already, are too large, or take longer than there is time for.
   * @param step training steps so far
   * @param timeMs milliseconds that may be spent; Infinity at the end of the process
   * @param fitted a model with examples, on which its features are measured, so that it can be folded
   * @returns milliseconds spent
   */
  keep(channel: Channel, step: number, timeMs: number, fitted: FittedModel | null = null): number {
    if (step === this.#keptAt && !fitted) return 0
    const began = performance.now()
    const layers = this.#layers.weighted
    const bytes = bytesOfWeights(layers.map(({ variables }) => ({ weights: variables })))
    if (bytes > this.#limit) this.#reportLimit(channel, bytes)
    if (bytes === 0 || bytes > this.#limit || bytes / this.#bytesPerMs > timeMs) return performance.now() - began
    const ids = this.#idsOf(layers)
    const places = new Map(
      layers.flatMap(({ variables }, i) => variables.map(({ id }, index) => [id, { layer: ids[i]!, index }] as const)),
    )
    const placeOf: PlaceOf = (tensor) => places.get(tensor) ?? null
    const recipe = this.#recipeOf(placeOf)
    const moments = this.#measure(fitted, recipe, placeOf, this.#limit - bytes)
    const learned: Learned = { layers: this.#read(layers, ids, bytes), recipe, moments }
    channel.post({ type: 'keep', learned, bytes, step })
    this.#keptAt = step
    const spent = performance.now() - began
    this.#bytesPerMs = bytes / Math.max(spent, 1e-3)
    return spent
  }

  /** Moments of the models that were measured, the present one anew; none where they take more room than there is. */
  #measure(fitted: FittedModel | null, recipe: Recipe, placeOf: PlaceOf, bytes: number): Map<string, Moments> {
    const ids = new Set(recipe.consumers.map(({ id }) => id))
    for (const id of this.#moments.keys()) if (!ids.has(id)) this.#moments.delete(id)
    if (fitted) for (const [id, moments] of modelMoments(fitted, recipe, placeOf)) this.#moments.set(id, moments)
    return bytesOfMoments(this.#moments) > bytes ? new Map<string, Moments>() : this.#moments
  }

  /** Unique ids of layers: those in the run, and names of layers that have no part in it. */
  #idsOf(layers: readonly WeightedLayer[]): string[] {
    const known = layers.map(({ layer }) => this.#idOf(layer))
    const taken = new Set<string>(known.filter((id) => id !== null))
    return layers.map(({ name }, i) => known[i] ?? uniqueName(name, taken))
  }

  /** Copies the weights into memory that the worker shares, for the reasons of `sharedCopy`. */
  #read(layers: readonly WeightedLayer[], ids: readonly string[], bytes: number): LearnedLayer[] {
    const memory = new SharedArrayBuffer(bytes)
    let offset = 0
    return layers.map(({ name, kind, site, variables }, i) => {
      const weights = variables.map((variable) => {
        const read = variable.dataSync()
        const values = new Float32Array(memory, offset, read.length)
        values.set(read)
        offset += read.byteLength
        return { shape: [...variable.shape], values }
      })
      return { id: ids[i]!, name, kind, file: site?.file ?? null, line: site?.line ?? null, weights }
    })
  }

  #reportLimit(channel: Channel, bytes: number): void {
    if (this.#isLimitReported) return
    this.#isLimitReported = true
    const megabytes = (n: number): string => `${Math.ceil(n / 1e5) / 10} MB`
    channel.event({
      type: 'problem',
      layer: null,
      message: `The weights are not kept: they take ${megabytes(bytes)}, and the limit is ${megabytes(this.#limit)}.`,
      advice: 'Raise saturation.keepWeightsLimit, or --keep-weights-limit, if a later run is to inherit them.',
    })
  }
}
