import { describe, expect, it } from 'vitest'
import { WidthSearch } from '../../src/experiments/widthSearch.ts'
import type { Recipe } from '../../src/folding/recipe.ts'
import { balanced, proofOf } from '../presentation/proofs.ts'

const units = Array.from({ length: 128 }, (_, unit) => unit)
/** A layer `a` of 128 units that takes 10 inputs and is taken by 10 outputs. */
const recipe: Recipe = {
  groups: [{ id: 'a', layers: ['a'], width: 128, multiple: 1, offset: 0, fixed: null, kept: null }],
  weights: [
    { layer: 'a', index: 0, shape: [10, 128], axes: [{ axis: 1, group: 'a', role: 'makes', units }] },
    { layer: 'last', index: 0, shape: [128, 10], axes: [{ axis: 0, group: 'a', role: 'consumes', units }] },
  ],
  consumers: [],
}
const planOf = (tolerance: 'lossless' | 'balanced' | 'smallest', width: number) =>
  balanced({ a: width }, { tolerance, parameters: 20 * width })
const plans = [planOf('lossless', 64), planOf('balanced', 32), planOf('smallest', 8)]

/** Trains what the search asks for: networks of at least so many units hold. */
function searched(needed: number, which = plans): string[] {
  const search = new WidthSearch(proofOf([['a']], which, { parameters: 2560 }), recipe, 4)
  const trained: string[] = []
  for (let next = search.next(); next; next = search.next()) {
    const width = next.widths['a']!
    trained.push(`${next.name} ${width}`)
    search.note(next, width >= needed)
  }
  return trained
}

describe('the search for the narrowest network that holds', () => {
  it('goes on to the smallest plan where the balanced one holds, and ends there if that holds', () => {
    expect(searched(1)).toEqual(['balanced 32', 'smallest 8'])
  })

  it('looks between the narrowest that held and the widest that did not', () => {
    expect(searched(12)).toEqual(['balanced 32', 'smallest 8', 'between-1 16', 'between-2 11'])
  })

  it('goes back to the lossless plan where the balanced one does not hold', () => {
    expect(searched(50)).toEqual(['balanced 32', 'lossless 64', 'between-1 45', 'between-2 54'])
  })

  it('trains four networks at most, and each once', () => {
    expect(searched(1000)).toHaveLength(4)
    expect(searched(1, [planOf('lossless', 8), planOf('balanced', 8), planOf('smallest', 8)])).toEqual(['balanced 8'])
  })

  it('trains nothing where no plan is narrower', () => {
    expect(searched(1, [balanced({}, { parameters: 2560 })])).toEqual([])
  })
})
