import type { ReceptiveField } from '../model/receptiveField/receptiveFields.ts'

/** A receptive field in JSON, by axis of positions. */
export interface FieldJson {
  /** Along the shortest path; null where it takes all positions. */
  min: (number | null)[]
  /** Along the longest path. */
  max: (number | null)[]
  /** Whether the layer is predicted to add nothing, because what it takes has seen the whole input. */
  unproductive: boolean
}

/** A receptive field as JSON has it. */
export function fieldJson({ min, max, unproductive }: ReceptiveField): FieldJson {
  return { min: sizesJson(min), max: sizesJson(max), unproductive }
}

/** Sizes with null for those that are not limited. */
export function sizesJson(sizes: readonly number[]): (number | null)[] {
  return sizes.map((size) => (Number.isFinite(size) ? size : null))
}
