import { describe, expect, it } from 'vitest'
import { narrower, narrowingPath, type Widths } from '../../src/folding/narrowingPath.ts'

/** A judge whose loss is a sum over groups, each with a price of its own below the width that it needs. */
function judgeOf(needs: Readonly<Record<string, number>>, cost: Readonly<Record<string, number>>) {
  const tried: string[] = []
  return {
    tried,
    cost: (widths: Widths) => [...widths].reduce((sum, [id, width]) => sum + cost[id]! * width, 0),
    evaluate: (widths: Widths) => {
      tried.push([...widths].map(([id, width]) => `${id}${width}`).join(' '))
      const loss = [...widths].reduce((sum, [id, width]) => sum + Math.max(0, needs[id]! - width), 0)
      return { loss, result: null }
    },
  }
}

describe('narrowingPath', () => {
  const groups = [
    { id: 'a', width: 100 },
    { id: 'b', width: 50 },
  ]

  it('narrows one group in each step, by a fifth, and begins with the wide network', () => {
    const steps = [...narrowingPath(groups, judgeOf({ a: 0, b: 0 }, { a: 1, b: 1 }))]
    expect(Object.fromEntries(steps[0]!.widths)).toEqual({ a: 100, b: 50 })
    for (let i = 1; i < steps.length; i++) {
      const [before, after] = [steps[i - 1]!.widths, steps[i]!.widths]
      const changed = [...after].filter(([id, width]) => before.get(id) !== width)
      expect(changed).toHaveLength(1)
      expect(changed[0]![1]).toBe(narrower(before.get(changed[0]![0])!))
      expect(steps[i]!.cost).toBeLessThan(steps[i - 1]!.cost)
    }
    expect(Object.fromEntries(steps.at(-1)!.widths)).toEqual({ a: 2, b: 2 })
  })

  it('spares the group that the loss needs until the other has nothing left', () => {
    const steps = [...narrowingPath(groups, judgeOf({ a: 100, b: 0 }, { a: 1, b: 1 }))]
    const firstOfA = steps.findIndex(({ widths }) => widths.get('a')! < 100)
    expect(steps[firstOfA - 1]!.widths.get('b')).toBe(2)
  })

  it('prefers the group whose parameters cost less loss', () => {
    const steps = [...narrowingPath(groups, judgeOf({ a: 100, b: 50 }, { a: 1000, b: 1 }))]
    expect(steps[1]!.widths.get('a')).toBe(80)
  })

  it('takes the step that all candidates would show to be the cheapest, with fewer evaluations than one for each', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ id: `g${i}`, width: 64 }))
    const needs = Object.fromEntries(many.map(({ id }, i) => [id, 5 * i]))
    const cost = Object.fromEntries(many.map(({ id }, i) => [id, 1 + i]))
    const judge = judgeOf(needs, cost)
    const steps = [...narrowingPath(many, judge)].slice(1)
    expect(judge.tried.length).toBeLessThan(3 * steps.length)
  })

  it('never takes a network whose loss is not a number', () => {
    const judge = judgeOf({ a: 0, b: 0 }, { a: 1, b: 1 })
    const withNaN = {
      ...judge,
      evaluate: (widths: Widths) => (widths.get('b')! < 20 ? { loss: NaN, result: null } : judge.evaluate(widths)),
    }
    const steps = [...narrowingPath(groups, withNaN)]
    expect(steps.every(({ loss }) => !Number.isNaN(loss))).toBe(true)
    expect(Object.fromEntries(steps.at(-1)!.widths)).toEqual({ a: 2, b: 21 })
  })
})
