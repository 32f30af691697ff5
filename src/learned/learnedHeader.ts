import * as v from 'valibot'
import type { Recipe } from '../folding/recipe.ts'

/** What a file of learned weights says of its tensors, as JSON in the metadata of its header. */

/** Key in the metadata of the file's header. */
export const METADATA_KEY = 'saturation'
/** Version of the format; a file of another version is refused. */
const FORMAT = 1

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** Floating-point operations; of an entry of a weight a mean. */
const operations = v.pipe(v.number(), v.finite(), v.minValue(0))
const unit = v.pipe(v.number(), v.safeInteger(), v.minValue(-1))

const RecipeAxis = v.object({
  axis: count,
  group: v.string(),
  role: v.picklist(['makes', 'consumes']),
  units: v.array(unit),
})
const place = v.object({ layer: v.string(), index: count })
const RecipeSchema: v.GenericSchema<unknown, Recipe> = v.object({
  groups: v.array(
    v.object({
      id: v.string(),
      layers: v.array(v.string()),
      width: count,
      multiple: count,
      offset: count,
      /** Missing in files of earlier versions, where `kept` has these reasons, too. */
      fixed: v.optional(v.nullable(v.string()), null),
      kept: v.nullable(v.string()),
    }),
  ),
  weights: v.array(
    v.object({
      layer: v.string(),
      index: count,
      shape: v.array(count),
      axes: v.array(RecipeAxis),
      flopsEach: v.exactOptional(operations),
    }),
  ),
  consumers: v.array(
    v.object({
      id: v.string(),
      group: v.string(),
      layer: v.string(),
      index: count,
      axis: count,
      part: v.nullable(v.tuple([count, count])),
      constant: v.nullable(v.object({ layer: v.string(), index: count, sign: v.union([v.literal(1), v.literal(-1)]) })),
    }),
  ),
  normalisations: v.exactOptional(
    v.array(v.object({ id: v.string(), group: v.string(), scale: v.nullable(place), offset: v.nullable(place) })),
  ),
  flops: v.exactOptional(operations),
})

export const LearnedHeader = v.object({
  format: v.literal(FORMAT),
  /** The weight j of the layer i is the tensor `layers.i.j`. */
  layers: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      kind: v.string(),
      file: v.nullable(v.string()),
      line: v.nullable(count),
      /** Number of weights. */
      weights: count,
    }),
  ),
  recipe: RecipeSchema,
  /**
   * By consumer: the mean is the tensor `moments.i.mean`, and `moments.i.covariance` has the upper triangle of the
   * covariance, row by row.
   */
  moments: v.array(v.object({ consumer: v.string(), observations: v.optional(count) })),
})
export type LearnedHeader = v.InferOutput<typeof LearnedHeader>

/** The header of what is about to be written. */
export function learnedHeader(content: Omit<LearnedHeader, 'format'>): LearnedHeader {
  return { format: FORMAT, ...content }
}
