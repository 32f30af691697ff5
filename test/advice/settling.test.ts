import { describe, expect, it } from 'vitest'
import { estimatedWidth } from '../../src/advice/estimatedWidth.ts'
import { hasSteadied, settlingOf } from '../../src/advice/settling.ts'
import { judge } from '../../src/advice/verdict.ts'
import { nearestStep } from '../../src/advice/widthSteps.ts'
import type { EndedWindow } from '../../src/run/endedWindows.ts'
import { settlingRange } from '../../src/presentation/layer/settlingRange.ts'
import { ended, layer } from '../presentation/layers.ts'

const settling = (windows: EndedWindow[]) => settlingOf(layer({ windows }))
const isSettled = (...dimensions: number[]) => settling(ended(...dimensions)).settled
/** Windows with the losses given. */
const learning = (losses: number[], ...dimensions: number[]) =>
  ended(...dimensions).map((window, i) => ({ ...window, loss: losses[i] ?? null }))

describe('a width has settled', () => {
  it('when it has moved by no more than an eighth over three epochs', () => {
    expect(isSettled(15, 15)).toBe(false)
    expect(isSettled(15, 15, 15)).toBe(true)
    expect(isSettled(15, 16, 17)).toBe(true)
    expect(isSettled(15, 17, 20)).toBe(false)
    expect(isSettled(40, 15, 16, 15)).toBe(false)
    expect(isSettled(40, 18, 15, 16, 15, 16)).toBe(true)
    expect(isSettled(3, 4, 4)).toBe(true)
  })

  it('not while it goes up a little in every epoch', () => {
    expect(isSettled(20, 26, 31, 36, 43)).toBe(false)
    expect(isSettled(10, 12, 14, 15, 17)).toBe(false)
  })

  it('over five epochs while the loss still falls by a tenth', () => {
    const falling = [2, 1.8, 1.6, 1.4, 1.2]
    expect(settling(learning(falling, 15, 15, 15)).settled).toBe(false)
    expect(settling(learning(falling, 15, 15, 15, 15, 15)).settled).toBe(true)
    expect(settling(learning(falling, 11, 13, 15, 15, 15)).settled).toBe(false)
    expect(settling(learning([2, 1.8, 1.6, 1.6, 1.6], 12, 13, 15, 15, 15)).settled).toBe(true)
    // The loss of a policy or of a density may be negative.
    expect(settling(learning([-1, -1, -1], 15, 15, 15)).settled).toBe(true)
    expect(settling(learning([-1, -1.1, -1.2], 15, 15, 15)).settled).toBe(false)
  })

  it('by two windows where each covers several epochs, and by three where none are known', () => {
    const [first, second, third] = ended(15, 15, 15) as [EndedWindow, EndedWindow, EndedWindow]
    expect(settling([{ ...first, epochs: 4 }]).settled).toBe(false)
    expect(
      settling([
        { ...first, epochs: 2 },
        { ...second, epochs: 2 },
      ]).settled,
    ).toBe(true)
    // A busy machine may leave windows out.
    expect(settling([first, { ...second, epoch: 2 }]).settled).toBe(true)
    const unknown = [first, second, third].map((window) => ({ ...window, epoch: null, epochs: 0 }))
    expect(settling(unknown.slice(1)).settled).toBe(false)
    expect(settling(unknown).settled).toBe(true)
  })

  it('anew after the layer was built with another width', () => {
    const before = ended(15, 15, 15).map((window) => ({ ...window, width: 64 }))
    expect(settling(before)).toEqual({ settled: false, windows: [] })
  })
})

describe('before a width has settled', () => {
  it('k at 99 % is named as that where the run counts k at another share', () => {
    const windows = ended(12, 20, 30).map((window) => ({ ...window, k: 5 }))
    expect(settlingRange(layer({ windows }))).toBe('12–30 at 99 % over 3 epochs')
    expect(settlingRange(layer({ windows: ended(12, 20, 30) }))).toBe('12–30 over 3 epochs')
  })

  it('a layer is neither underused nor crowded', () => {
    expect(judge(layer({ windows: ended(5, 15) }))).toMatchObject({ kind: 'settling', recommendedWidth: null })
    expect(judge(layer({ windows: [] }, { k: 127 })).kind).toBe('settling')
    expect(judge(layer({ windows: [] }, { k: 64 })).kind).toBe('healthy')
  })

  it('none is shown of a group in which another layer moves', () => {
    const group = { id: 'a', given: null, unknown: null }
    const [a, b] = [layer({ id: 'a', group }), layer({ id: 'b', group, windows: ended(5, 15, 40) })]
    expect(judge(a, undefined, [a, b])).toMatchObject({ kind: 'underused', recommendedWidth: null })
  })
})

describe('the estimate', () => {
  it('is the geometric mean of width and k at 99 %, on a step of widths', () => {
    expect(estimatedWidth({ width: 128, k99: 15 })).toBe(44)
    expect(estimatedWidth({ width: 320, k99: 38 })).toBe(112)
    expect(estimatedWidth({ width: 16, k99: 3 })).toBe(7)
    expect(estimatedWidth({ width: 64, k99: 0 })).toBe(0)
  })

  it('does not move between reports: it rests on the windows that have ended', () => {
    const moving = layer({ windows: ended(15, 15, 15) }, { k: 30 })
    expect(judge(moving).recommendedWidth).toBe(44)
  })

  it('has eight steps to each doubling, from 16 on', () => {
    const steps = Array.from({ length: 600 }, (_, width) => nearestStep(width))
    expect([...new Set(steps)].slice(10, 34).join(' ')).toBe(
      '10 11 12 13 14 15 16 18 20 22 24 26 28 30 32 36 40 44 48 52 56 60 64 72',
    )
    for (let width = 1; width < 600; width++) {
      expect(Math.abs(nearestStep(width) - width)).toBeLessThanOrEqual(width / 16)
    }
  })
})

describe('a layer is steady', () => {
  const isSteady = (...dimensions: number[]) => hasSteadied(layer({ windows: ended(...dimensions) }))

  it('when its estimate has moved by a quarter at most over all its windows, two at least', () => {
    expect(isSteady(40)).toBe(false)
    expect(isSteady(40, 44)).toBe(true)
    expect(isSteady(40, 55, 60)).toBe(true)
    expect(isSteady(40, 55, 64)).toBe(false)
    expect(isSteady(8, 18, 16)).toBe(false)
  })

  it('by windows of its present width alone', () => {
    const windows = ended(40, 41)
    const earlier = windows.map((window) => ({ ...window, width: window.width * 2, k99: 1 }))
    expect(hasSteadied(layer({ windows: [...earlier, ...windows] }))).toBe(true)
  })
})
