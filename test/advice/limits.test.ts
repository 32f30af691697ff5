import { describe, expect, it } from 'vitest'
import { judge } from '../../src/advice/verdict.ts'
import type { Limit } from '../../src/advice/limits.ts'
import { countUnderused } from '../../src/advice/verdict.ts'
import { layer, runOf } from '../presentation/layers.ts'

const limit = (count: number, by: Limit['by'] = 'inputs'): Limit => ({ count, by, layer: null })
/** The verdict of a layer of 128 units of which `k` are in use. */
const kindOf = (k: number, of: Limit, bounds?: { low: number; high: number }) =>
  judge(layer({ limit: of }, { k, ...(bounds && { bounds }) })).kind

describe('a limit', () => {
  it('explains a low saturation where the layer uses a good part of what its inputs give it', () => {
    expect([9, 3, 2].map((k) => kindOf(k, limit(9)))).toEqual(['limited', 'limited', 'underused'])
    expect([34, 33].map((k) => kindOf(k, limit(100)))).toEqual(['limited', 'underused'])
  })

  it('explains more dimensions than it has, behind a non-linear activation', () => {
    expect(kindOf(30, limit(9))).toBe('limited')
    expect(kindOf(3, limit(1))).toBe('limited')
  })

  it('says nothing of a layer that is not underused, or not narrower than what feeds it', () => {
    expect(kindOf(60, limit(9))).toBe('healthy')
    expect(kindOf(15, limit(128))).toBe('underused')
    expect(kindOf(15, limit(127))).toBe('underused')
  })

  it('is one less for classes and entries of a table: about their mean they span no more', () => {
    expect(kindOf(1, limit(4, 'vocabulary'))).toBe('limited')
    expect(kindOf(1, limit(4))).toBe('underused')
    expect(kindOf(15, limit(129, 'classes'))).toBe('underused')
  })

  it('is compared with the lower bound of an estimated k', () => {
    expect(kindOf(10, limit(27), { low: 9, high: 20 })).toBe('limited')
    expect(kindOf(10, limit(27), { low: 8, high: 20 })).toBe('underused')
  })

  it('says nothing of flattened positions, which are other features', () => {
    expect(judge(layer({ limit: limit(9) }, { width: 256, k: 9 })).kind).toBe('underused')
  })

  it('leaves no width to try, for the layer and for those that have to have its width', () => {
    const group = { id: 'a', given: null, unknown: null }
    const limited = layer({ id: 'a', group, limit: limit(15) })
    const other = layer({ id: 'b', group })
    const widths = [limited, other].map((each) => judge(each, undefined, [limited, other]).recommendedWidth)
    expect(widths).toEqual([null, null])
    expect(countUnderused(runOf([limited, other]), { underused: 0.3, crowded: 0.9 })).toBe(1)
  })
})
