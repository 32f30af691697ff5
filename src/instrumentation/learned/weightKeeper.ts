import { bytesOfMoments, bytesOfWeights } from '../../learned/learnedFile.ts'
import type { LearnedLayer } from '../../folding/learned.ts'
import type { PackedLearned, PackedMoments } from '../../learned/packedMoments.ts'
import type { Channel } from '../reporting/channel.ts'
import type { Layer } from '../tfjs/tfjs.ts'
import type { ConstructedLayers, WeightedLayer } from './constructedLayers.ts'

/** Bytes that are copied in a millisecond, until the first copy has shown how many. */
const BYTES_PER_MS = 1_000_000

/** Beside the weights, what a training has learned: how they can be folded. */
export type Folding = Pick<PackedLearned, 'recipe' | 'moments'>

/**
 * Keeps what the training has learned: reads the weights on the training thread, and leaves writing them to the worker.
 * The weights themselves are only read.
 */
export class WeightKeeper {
  readonly #layers: ConstructedLayers
  /** Largest number of bytes that are kept. */
  readonly #limit: number
  readonly #idOf: (layer: Layer) => string | null
  readonly #foldingOf: () => Folding
  /** Training step at which the weights were kept last; null before. */
  #keptAt: number | null = null
  #bytesPerMs = BYTES_PER_MS
  #isLimitReported = false

  /**
   * @param idOf a layer's id in the run; null for one that has no part in it
   * @param foldingOf what is known of the network by now
   */
  constructor(
    layers: ConstructedLayers,
    limit: number,
    idOf: (layer: Layer) => string | null,
    foldingOf: () => Folding,
  ) {
    this.#layers = layers
    this.#limit = limit
    this.#idOf = idOf
    this.#foldingOf = foldingOf
  }

  /**
   * Keeps the weights, unless they are kept already, are too large, or take longer than there is time for.
   * @param step training steps so far
   * @param timeMs milliseconds that may be spent; Infinity at the end of the process
   * @returns milliseconds spent
   */
  keep(channel: Channel, step: number, timeMs: number): number {
    if (step === this.#keptAt) return 0
    const began = performance.now()
    const layers = this.#layers.identified(this.#idOf)
    const bytes = bytesOfWeights(layers.map(({ variables }) => ({ weights: variables })))
    if (bytes > this.#limit) this.#reportLimit(channel, bytes)
    if (bytes === 0 || bytes > this.#limit || bytes / this.#bytesPerMs > timeMs) return performance.now() - began
    const { recipe, moments } = this.#foldingOf()
    // Without moments the weights can be inherited as they are, but not folded.
    const kept = bytesOfMoments(moments) > this.#limit - bytes ? new Map<string, PackedMoments>() : moments
    const learned: PackedLearned = { layers: this.#read(layers, bytes), recipe, moments: kept }
    channel.post({ type: 'keep', learned, bytes, step })
    this.#keptAt = step
    const spent = performance.now() - began
    this.#bytesPerMs = bytes / Math.max(spent, 1e-3)
    return spent
  }

  /** Copies the weights into memory that the worker shares, for the reasons of `sharedCopy`. */
  #read(layers: readonly (WeightedLayer & { id: string })[], bytes: number): LearnedLayer[] {
    const memory = new SharedArrayBuffer(bytes)
    let offset = 0
    return layers.map(({ id, name, kind, site, variables }) => {
      const weights = variables.map((variable) => {
        const read = variable.dataSync()
        const values = new Float32Array(memory, offset, read.length)
        values.set(read)
        offset += read.byteLength
        return { shape: [...variable.shape], values }
      })
      return { id, name, kind, file: site?.file ?? null, line: site?.line ?? null, weights }
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
