import { inherit } from '../../folding/inherit.ts'
import type { Heir, Learned } from '../../folding/learned.ts'
import { LearnedError } from '../../learned/learnedError.ts'
import { readLearned } from '../../learned/learnedFile.ts'
import { MAX_INHERITED_LAYERS, type EventBody } from '../../protocol/events.ts'
import type { Inherit } from '../../protocol/handshake.ts'
import { untracked } from '../tfjs/untracked.ts'
import type { Engine, Layer, Variable } from '../tfjs/tfjs.ts'
import type { ConstructedLayers, WeightedLayer } from './constructedLayers.ts'
import { InheritError } from './inheritError.ts'

/** Layers that an error says the reason of at most. */
const MAX_REASONS = 10

/**
 * Puts the weights of an earlier run into the layers of this one, each layer once: when `fit` is called, or before the
 * forward pass of a training step. Draws no random numbers, and leaves the number of tensors as it is.
 */
export class InheritedWeights {
  readonly #from: Inherit
  readonly #layers: ConstructedLayers
  /** The layers that have got theirs, or none. */
  readonly #seen = new WeakSet<Layer>()
  #learned: Learned | null = null
  #hasSeen = false
  #hasInherited = false
  #failure: InheritError | null = null

  constructor(from: Inherit, layers: ConstructedLayers) {
    this.#from = from
    this.#layers = layers
  }

  /** What the earlier run has learned; null before it was read. */
  get learned(): Learned | null {
    return this.#learned
  }

  /** Why nothing was inherited; null where something was, or nothing had to be so far. */
  get failure(): InheritError['problem'] | null {
    return this.#failure?.problem ?? null
  }

  /**
   * Gives their weights to all layers that have some and were not there before.
   * @param report called with what became of them
   * @param isEnd false while further layers of the model may get weights in the same forward pass
   * @throws InheritError where the file cannot be used, or no layer inherits anything; no weight has changed then.
   */
  put(engine: Engine, report: (event: EventBody) => void, isEnd = true): void {
    if (this.#failure) throw this.#failure
    const layers = this.#layers.weighted
    if (layers.some(({ layer }) => !this.#seen.has(layer))) this.#putInto(layers, engine, report, isEnd)
    if (isEnd && this.#hasSeen && !this.#hasInherited) throw this.#fail('no layer of this program was in that run')
  }

  /** @param layers those that have inherited before are among them, because they show which widths groups have. */
  #putInto(layers: readonly WeightedLayer[], engine: Engine, report: (event: EventBody) => void, isEnd: boolean): void {
    const { weights, inheritances } = inherit(this.#read(), layers.map(heirOf))
    if (isEnd && weights.size === 0 && !this.#hasInherited) {
      const reasons = inheritances.map(({ layer, reason }) => `${layer}: ${reason ?? ''}`)
      throw this.#fail(`no layer of this program can (${reasons.slice(0, MAX_REASONS).join('; ')})`)
    }
    this.#hasSeen = true
    this.#hasInherited ||= weights.size > 0
    const results = layers.flatMap(({ layer, variables }, i) => {
      if (this.#seen.has(layer)) return []
      this.#seen.add(layer)
      weights.get(i)?.forEach((values, index) => assign(engine, variables[index]!, values))
      return [{ ...inheritances[i]! }]
    })
    for (let at = 0; at < results.length; at += MAX_INHERITED_LAYERS)
      report({ type: 'inherited', from: this.#from.name, layers: results.slice(at, at + MAX_INHERITED_LAYERS) })
  }

  #read(): Learned {
    if (this.#learned) return this.#learned
    try {
      return (this.#learned = readLearned(this.#from.file))
    } catch (error) {
      throw this.#fail(error instanceof LearnedError ? error.message : `they cannot be read (${String(error)})`)
    }
  }

  #fail(why: string): InheritError {
    return (this.#failure = new InheritError(this.#from.name, why))
  }
}

function heirOf({ name, kind, site, variables }: WeightedLayer): Heir {
  const weights = variables.map((variable) => {
    let values: Float32Array | null = null
    // Only a weight that grows or narrows needs the values that it was made with.
    return { shape: variable.shape, get values() { return (values ??= variable.dataSync()) } } // prettier-ignore
  })
  return { name, kind, file: site?.file ?? null, line: site?.line ?? null, weights }
}

/** Gives a variable other values. The tape of a training step does not see it. */
function assign(engine: Engine, variable: Variable, values: Float32Array): void {
  untracked(engine, () => {
    // A backend may keep the array, and the next variable may get the same.
    const tensor = engine.makeTensor(values.slice(), variable.shape, 'float32')
    variable.assign(tensor)
    tensor.dispose()
  })
}
