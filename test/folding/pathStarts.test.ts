import { describe, expect, it } from 'vitest'
import { narrowingPath, networksOfShares, type Judge, type Widths } from '../../src/folding/narrowingPath.ts'

const GROUPS = [
  { id: 'a', width: 100 },
  { id: 'b', width: 100 },
]

/** A network that needs 40 units of `a` and 80 of `b`, and loses a little for each other unit. */
function judgeOf(): Judge<string> & { evaluated: Widths[] } {
  const evaluated: Widths[] = []
  return {
    evaluated,
    cost: (widths) => widths.get('a')! * 10 + widths.get('b')! * 10,
    evaluate: (widths) => {
      evaluated.push(widths)
      const missing = Math.max(0, 40 - widths.get('a')!) + Math.max(0, 80 - widths.get('b')!)
      const left = 200 - widths.get('a')! - widths.get('b')!
      return { loss: 1 + missing + left * 1e-5, result: [...widths.values()].join('-') }
    },
  }
}

function until(loss: number, path: Iterable<{ loss: number; widths: Widths; cost: number }>) {
  const steps = []
  for (const step of path) {
    if (step.loss > loss) break
    steps.push(step)
  }
  return steps
}

describe('starts of a path', () => {
  it('begins with the narrowest start that adds next to no loss', () => {
    const judge = judgeOf()
    // Both groups at one share: 60 of `a` are enough, 60 of `b` are not.
    const starts = [90, 80, 60, 50].map((width) => new Map(GROUPS.map(({ id }) => [id, width])))
    const steps = until(1.5, narrowingPath(GROUPS, judge, starts))
    expect(steps.slice(0, 3).map(({ widths }) => widths.get('a'))).toEqual([100, 90, 80])
    expect(judge.evaluated).not.toContain(starts[3])
    expect(steps.at(-1)!.widths.get('b')).toBe(80)
    expect(steps.at(-1)!.widths.get('a')).toBeLessThan(52)
  })

  it('has starts of all groups at one share of the variance each', () => {
    const starts = [...networksOfShares(GROUPS, (id, share) => (id === 'a' ? Math.round(100 * share) : 1))]
    expect(starts.map((widths) => widths.get('a'))).toEqual([100, 100, 100, 99, 98, 97, 94, 87])
    expect(starts.every((widths) => widths.get('b') === 2)).toBe(true)
  })
})
