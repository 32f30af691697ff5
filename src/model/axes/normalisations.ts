import type { Operation } from './trace.ts'
import type { WeightViews } from './weightViews.ts'

/** A normalisation of all features of each vector together, as that of a layer. */
export interface Normalisation {
  /** Tensor id of what is normalised; its last axis is that of the features. */
  readonly input: number
  /** Tensor ids of the weights that scale and shift the normalised features; one of them may be missing. */
  readonly scale: number | null
  readonly offset: number | null
}

/** An axis whose elements an operation takes together. */
export interface MixedAxis {
  readonly id: number
  readonly axis: number
  readonly operation: string
}

const LAYER_NORMALISATION = 'LayerNormalization'

/**
 * Finds the normalisations in the operations of a step. What such a layer mixes for mean and variance is held until the
 * operation that normalises by them, and is no other mixing then.
 */
export class Normalisations {
  readonly found: Normalisation[] = []
  readonly #views: WeightViews
  #mixed: MixedAxis[] = []
  /** Whether all that is mixed since the last normalisation is the last axis of its tensor. */
  #isLast = true

  constructor(views: WeightViews) {
    this.#views = views
  }

  /**
   * Takes the next operation of the step.
   * @param mixed what it mixes
   * @returns what is mixed for no normalisation that is understood
   */
  next(operation: Operation, mixed: readonly MixedAxis[]): readonly MixedAxis[] {
    if (operation.by !== LAYER_NORMALISATION) return [...this.rest(), ...mixed]
    this.#mixed.push(...mixed)
    const ranks = new Map(Object.values(operation.inputs).map(({ id, shape }) => [id, shape.length]))
    this.#isLast &&= mixed.every(({ id, axis }) => axis === ranks.get(id)! - 1)
    const normalisation = normalisationOf(operation, this.#views)
    if (!normalisation) return []
    const isUnderstood = this.#isLast && this.#mixed.length > 0
    const rest = this.rest()
    if (isUnderstood) this.found.push(normalisation)
    return isUnderstood ? [] : rest
  }

  /** What was mixed since the last normalisation. */
  rest(): readonly MixedAxis[] {
    const rest = this.#mixed
    this.#mixed = []
    this.#isLast = true
    return rest
  }
}

/** The weights by which an operation scales and shifts what it normalises; null where it is no such operation. */
export function normalisationOf(operation: Operation, views: WeightViews): Normalisation | null {
  if (operation.kernel !== 'FusedBatchNorm') return null
  const { x, scale, offset } = operation.inputs
  const weightOf = (tensor: typeof x): number | null => {
    const view = tensor && views.viewOf(tensor)
    return view?.axes.at(-1)?.axis === 0 ? view.weight : null
  }
  const [scaledBy, shiftedBy] = [weightOf(scale), weightOf(offset)]
  if (!x || (scaledBy === null && shiftedBy === null)) return null
  if ((scale && scaledBy === null) || (offset && shiftedBy === null)) return null
  return { input: x.id, scale: scaledBy, offset: shiftedBy }
}
