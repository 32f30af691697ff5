import fc from 'fast-check'
import type { Learned, LearnedLayer, Values } from '../../src/folding/learned.ts'
import type { Recipe } from '../../src/folding/recipe.ts'
import type { Moments } from '../../src/saturation/units/moments.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('__proto__', 'toString', 'dense_Dense1'),
)

const values: fc.Arbitrary<Values> = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1)
  const entries = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: length, maxLength: length })
  return entries.map((numbers) => ({ shape, values: Float32Array.from(numbers) }))
})

const layers: fc.Arbitrary<LearnedLayer[]> = fc.uniqueArray(
  fc.record({
    id: text,
    name: text,
    kind: text,
    file: fc.option(text),
    line: fc.option(fc.nat(1000)),
    weights: fc.array(values, { maxLength: 3 }),
  }),
  { selector: ({ id }) => id, maxLength: 4 },
)

/** Covariances are kept in float32, so these are numbers of it. */
const moments: fc.Arbitrary<Moments> = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.record({
    mean: fc
      .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width })
      .map((mean) => Float64Array.from(mean)),
    covariance: fc
      .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: width ** 2, maxLength: width ** 2 })
      .map((numbers) => {
        const at = (row: number, column: number): number =>
          numbers[Math.min(row, column) * width + Math.max(row, column)]!
        return Float64Array.from({ length: width ** 2 }, (_, i) => at(Math.floor(i / width), i % width))
      }),
    observations: fc.option(fc.nat(1e6), { nil: undefined }),
  }),
)

/** One group, which each first axis of a weight makes: a recipe that refers to layers that are there. */
function recipeOf(known: readonly LearnedLayer[]): Recipe {
  const weights = known.flatMap(({ id, weights }) =>
    weights.flatMap(({ shape }, index) =>
      shape.length === 0
        ? []
        : [
            {
              layer: id,
              index,
              shape,
              flopsEach: 2 * index,
              axes: [
                { axis: 0, group: 'g', role: 'makes' as const, units: Array.from({ length: shape[0]! }, (_, i) => i) },
              ],
            },
          ],
    ),
  )
  const group = {
    id: 'g',
    layers: known.map(({ id }) => id),
    width: 4,
    multiple: 1,
    offset: 0,
    fixed: null,
    kept: null,
  }
  const consumers = weights.map(({ layer, index }, i) => {
    return { id: `c${i}`, group: 'g', layer, index, axis: 0, part: null, constant: { layer, index, sign: -1 as const } }
  })
  return { groups: [group], weights, consumers, flops: 1000 }
}

/** What any training may have learned. */
export const learned: fc.Arbitrary<Learned> = fc
  .tuple(layers, fc.array(fc.tuple(text, moments), { maxLength: 3 }))
  .map(([known, entries]) => ({ layers: known, recipe: recipeOf(known), moments: new Map(entries) }))
