import { describe, expect, it } from 'vitest'
import { parseAxis, type Axis } from '../../../src/experiments/sweep/axes.ts'
import { grid, listed, randomOf } from '../../../src/experiments/sweep/plan.ts'

function axis(text: string): Axis {
  const parsed = parseAxis(text)
  if ('malformed' in parsed) throw new Error(parsed.malformed)
  return parsed.axis
}

function malformed(text: string): string {
  const parsed = parseAxis(text)
  return 'malformed' in parsed ? parsed.malformed : ''
}

describe('what is varied', () => {
  it('is a list of values or a range, each once', () => {
    expect(axis('conv*.filters=8,16,8').texts).toEqual(['conv*.filters=8', 'conv*.filters=16'])
    expect(axis('input.size=16..32:8').texts).toEqual(['input.size=16', 'input.size=24', 'input.size=32'])
    expect(axis('block3*.repeat=0..2').texts).toEqual(['block3*.repeat=0', 'block3*.repeat=1', 'block3*.repeat=2'])
    expect(axis('c.kernelSize=[3,3],[5,5]').texts).toEqual(['c.kernelSize=[3,3]', 'c.kernelSize=[5,5]'])
    expect(axis('model.js:12.activation=relu,tanh').name).toBe('model.js:12.activation')
    expect(axis('input.size=[8,16]').texts).toEqual(['input.size=[8,16]'])
  })

  it('is refused with a sentence', () => {
    expect(malformed('conv1')).toBe('It is LAYER.property=values: conv*.filters=8,16,32 or input.size=16..32:8.')
    expect(malformed('input.size=32..16')).toContain('holds no number')
    expect(malformed('input.size=0..4')).toContain('The size of an input is a whole number')
    expect(malformed('conv1.repeat=-1')).toContain('0 leaves it out')
    expect(malformed('conv1.filters=8,,16')).toBe('')
    expect(malformed('conv1.filters=')).toContain('It has no value')
    expect(malformed('conv1.filters=1..100000')).toContain('1000 can be varied')
  })
})

describe('the networks of a study', () => {
  const axes = [axis('a.units=1,2,3'), axis('b.units=4,5')]

  it('are all combinations, the last axis first', () => {
    expect(grid(axes)).toEqual([
      'a.units=1,b.units=4',
      'a.units=1,b.units=5',
      'a.units=2,b.units=4',
      'a.units=2,b.units=5',
      'a.units=3,b.units=4',
      'a.units=3,b.units=5',
    ])
  })

  it('are some of them at random, each once and the same ones with the same seed', () => {
    const some = randomOf(axes, 4, 7)
    expect(new Set(some).size).toBe(4)
    expect(grid(axes)).toEqual(expect.arrayContaining(some))
    expect(randomOf(axes, 4, 7)).toEqual(some)
    expect(randomOf(axes, 9, 7)).toEqual(grid(axes))
    const large = [axis('a.units=1..1000'), axis('b.units=1..1000')]
    expect(randomOf(large, 5, 1)).not.toEqual(randomOf(large, 5, 2))
  })

  it('are the lines of a list', () => {
    expect(listed('a.units=1 # the least\n\n# none\n  a.units=2,b.units=3\r\n')).toEqual([
      'a.units=1',
      'a.units=2,b.units=3',
    ])
  })
})
