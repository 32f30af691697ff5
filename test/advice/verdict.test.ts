import { describe, expect, it } from 'vitest'
import { recommendedWidth } from '../../src/advice/recommendedWidth.ts'
import { judge } from '../../src/advice/verdict.ts'
import { evidenceOf } from '../../src/presentation/layer/evidence.ts'
import { layer, measurement } from '../presentation/layers.ts'

const kindOf = (...parts: Parameters<typeof layer>) => judge(layer(...parts)).kind

describe('the verdict', () => {
  it('draws its lines where the thresholds are', () => {
    expect(kindOf({}, { width: 100, k: 29, observations: 1000 })).toBe('underused')
    expect(kindOf({}, { width: 100, k: 30, observations: 1000 })).toBe('healthy')
    expect(kindOf({}, { width: 100, k: 90, observations: 1000 })).toBe('healthy')
    expect(kindOf({}, { width: 100, k: 91, observations: 1000 })).toBe('crowded')
    expect(judge(layer({}, { width: 100, k: 45, observations: 1000 }), { underused: 0.5, crowded: 0.6 }).kind).toBe(
      'underused',
    )
  })

  it('calls no layer of one dimension crowded: it is always used whole', () => {
    expect(kindOf({ width: 1 }, { width: 1, k: 1, observations: 1000 })).toBe('healthy')
    expect(kindOf({ width: 2 }, { width: 2, k: 2, observations: 1000 })).toBe('crowded')
  })

  it('judges nothing by too few observations, and says how many it takes', () => {
    const few = layer({}, { width: 100, k: 5, observations: 999 })
    const verdict = judge(few)
    expect(verdict).toMatchObject({ kind: 'provisional', recommendedWidth: null, saturation: 0.05 })
    expect(evidenceOf(few, verdict)).toBe('Only 999 observations; 10 for each of 100 dimensions are needed to judge.')
    expect(kindOf({}, null)).toBe('warming up')
    expect(kindOf({}, { status: 'tooFew', observations: 1, k: 0 })).toBe('warming up')
  })

  it('says of a layer that is only evaluated that nothing is trained, not that numbers are to come', () => {
    const evaluated = layer({ eval: measurement({ split: 'eval' }) }, null)
    const verdict = judge(evaluated)
    expect(verdict).toMatchObject({ kind: 'not trained', measurement: null, saturation: null })
    expect(evidenceOf(evaluated, verdict)).toBe('Only evaluations have been measured: no training step so far.')
  })

  it('rests on the last sufficient measurement while a new window fills', () => {
    const sufficient = measurement({ k: 60 })
    const verdict = judge(layer({ sufficient }, { observations: 64, k: 3 }))
    expect(verdict).toMatchObject({ kind: 'healthy', measurement: sufficient, saturation: 60 / 128 })
  })

  it('puts NaN before everything, and advises neither output layers nor dead ones', () => {
    expect(kindOf({ sufficient: measurement() }, { status: 'nonFinite', rejected: 3 })).toBe('non-finite')
    expect(judge(layer({ isOutput: true }))).toMatchObject({ kind: 'output', recommendedWidth: null })
    expect(judge(layer({}, { status: 'constant', k: 0, trace: 0 }))).toMatchObject({
      kind: 'dead',
      recommendedWidth: null,
    })
    expect(judge(layer({ notMeasured: 'it has no weights' }, null))).toMatchObject({
      kind: 'not measured',
      saturation: null,
    })
  })
})

describe('the recommended width', () => {
  const withSpectrum = (width: number, head: number[], tail: { count: number; sum: number }[] = []) =>
    recommendedWidth(measurement({ width, spectrum: { head, tail } }))
  const equal = (count: number, width: number) => Array.from({ length: width }, (_, i) => (i < count ? 1 : 0))

  it('keeps 99.9 % of the variance with a margin, on a multiple that suits hardware', () => {
    expect(withSpectrum(128, equal(20, 128))).toBe(24)
    expect(withSpectrum(128, equal(40, 128))).toBe(48)
    expect(withSpectrum(512, equal(100, 512))).toBe(112)
    // 99 % lie in one dimension, the next 0.95 % in nine more.
    expect(withSpectrum(64, [99, ...Array<number>(9).fill(0.95 / 9), ...Array<number>(54).fill(0.05 / 54)])).toBe(12)
  })

  it('is not given where nothing would be gained, or the needed part of the spectrum is binned away', () => {
    expect(withSpectrum(24, equal(20, 24))).toBeNull()
    expect(withSpectrum(128, equal(0, 128))).toBeNull()
    expect(withSpectrum(2000, Array<number>(512).fill(1), [{ count: 1488, sum: 1488 }])).toBeNull()
  })
})
