import { describe, expect, it } from 'vitest'
import { GroupEstimates } from '../../src/folding/estimates.ts'
import { foldedInPlace, WeightFolder } from '../../src/folding/fold.ts'
import type { Recipe, RecipeWeight } from '../../src/folding/recipe.ts'
import type { Moments } from '../../src/saturation/units/moments.ts'

const group = (id: string, width: number) => ({
  id,
  layers: [id],
  width,
  multiple: 1,
  offset: 0,
  fixed: null,
  kept: null,
})
const units = (count: number, from = 0) => Array.from({ length: count }, (_, i) => i + from)

/** Two groups that one weight takes one after the other, as behind a concatenation, and a second weight that takes `a`. */
const RECIPE: Recipe = {
  groups: [group('a', 4), group('b', 3)],
  weights: [
    {
      layer: 'both',
      index: 0,
      shape: [7, 2],
      axes: [
        { axis: 0, group: 'a', role: 'consumes', units: [...units(4), -1, -1, -1] },
        { axis: 0, group: 'b', role: 'consumes', units: [-1, -1, -1, -1, ...units(3)] },
      ],
    },
    { layer: 'second', index: 0, shape: [4, 5], axes: [{ axis: 0, group: 'a', role: 'consumes', units: units(4) }] },
  ] satisfies RecipeWeight[],
  consumers: [
    { id: 'both a', group: 'a', layer: 'both', index: 0, axis: 0, part: null, constant: constantOf('both') },
    { id: 'both b', group: 'b', layer: 'both', index: 0, axis: 0, part: null, constant: constantOf('both') },
    { id: 'second a', group: 'a', layer: 'second', index: 0, axis: 0, part: null, constant: null },
  ],
}

function constantOf(layer: string) {
  return { layer, index: 1, sign: 1 } as const
}

/** Correlated features with means. */
function momentsOf(width: number, seed: number): Moments {
  const covariance = new Float64Array(width * width)
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) covariance[i * width + j] = i === j ? 2 + i : 0.3 + 0.1 * ((i + j + seed) % 3)
  return { mean: Float64Array.from({ length: width }, (_, i) => i + seed), covariance }
}

const WEIGHTS = new Map<string, Float32Array>(
  Object.entries({ 'both 0': 14, 'both 1': 2, 'second 0': 20 }).map(([key, size]) => [
    key,
    Float32Array.from({ length: size }, (_, i) => Math.sin(i + size)),
  ]),
)

function setUp() {
  const moments = new Map([
    ['both a', momentsOf(4, 1)],
    ['both b', momentsOf(3, 2)],
    ['second a', momentsOf(4, 3)],
  ])
  const estimates = new GroupEstimates(RECIPE, moments)
  const reads: string[] = []
  const read = (layer: string, index: number) => {
    reads.push(`${layer} ${index}`)
    return WEIGHTS.get(`${layer} ${index}`)!
  }
  const foldsOf = (a: number, b: number) =>
    new Map(
      RECIPE.groups.flatMap((each) => {
        const width = each.id === 'a' ? a : b
        return width < each.width ? [[each.id, estimates.fold(each, width)] as const] : []
      }),
    )
  return { estimates, reads, read, foldsOf }
}

describe('WeightFolder', () => {
  it('folds in any order what is folded once, and leaves the wide weights as they are', () => {
    const { read, foldsOf } = setUp()
    const before = new Map([...WEIGHTS].map(([key, values]) => [key, values.slice()]))
    const folder = new WeightFolder(RECIPE, read)
    for (const [a, b] of [
      [3, 3],
      [3, 2],
      [2, 2],
      [3, 2],
      [4, 1],
      [4, 3],
      [3, 3],
    ] as const)
      expect(folder.fold(foldsOf(a, b))).toEqual(foldedInPlace(RECIPE, foldsOf(a, b), read))
    expect(WEIGHTS).toEqual(before)
  })

  it('folds only the weights that take a group which has changed', () => {
    const { reads, read, foldsOf } = setUp()
    const folder = new WeightFolder(RECIPE, read)
    folder.fold(foldsOf(3, 2))
    reads.length = 0
    folder.fold(foldsOf(3, 1))
    expect(reads).not.toContain('second 0')
    expect(reads).toContain('both 0')
    reads.length = 0
    folder.fold(foldsOf(3, 2))
    expect(reads.filter((key) => key.endsWith(' 0'))).toEqual([])
  })

  it('adds the constants of both groups to the bias', () => {
    const { read, foldsOf } = setUp()
    const biasOf = (a: number, b: number) =>
      foldedInPlace(RECIPE, foldsOf(a, b), read).find(({ layer, index }) => layer === 'both' && index === 1)!.values
    const wide = WEIGHTS.get('both 1')!
    for (let o = 0; o < 2; o++)
      expect(biasOf(2, 2)[o]! - wide[o]!).toBeCloseTo(biasOf(2, 3)[o]! - wide[o]! + biasOf(4, 2)[o]! - wide[o]!, 5)
  })

  it('needs all weights that the recipe names', () => {
    const recipe = { ...RECIPE, weights: RECIPE.weights.slice(1) }
    expect(() => new WeightFolder(recipe, () => new Float32Array(0))).toThrow('the recipe has no weight 0 of both')
  })
})

describe('widthOfShare', () => {
  it('is the least width that explains so much', () => {
    const { estimates } = setUp()
    const [a] = RECIPE.groups
    const widths = [0, 0.3, 0.6, 0.9, 1].map((share) => estimates.widthOfShare(a!, share))
    expect(widths).toEqual([...widths].sort((one, other) => one - other))
    expect(widths[0]).toBe(1)
    expect(widths.at(-1)).toBe(4)
  })
})
