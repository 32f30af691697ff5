import { expect, test } from 'vitest'
import { normalise } from '../../src/source/normalise.ts'

const same = (a: string, b: string) => expect(normalise(a)).toBe(normalise(b))
const differs = (a: string, b: string) => expect(normalise(a)).not.toBe(normalise(b))

test('what a formatter may change makes no difference', () => {
  same('dense({units:3})', 'dense({\r\n\tunits: 3,\r\n})')
  same("dense({a:'relu'})", 'dense({ a: "relu" })')
  same('dense({ units: 3 })', 'dense({ units: 3 /* was 4 */ }) // why')
  same('f([1, 2])', 'f([\n  1,\n  2,\n])')
})

test('everything else makes a difference', () => {
  differs('dense({ units: 3 })', 'dense({ units: 30 })')
  differs('dense({ units: 3 })', 'conv2d({ units: 3 })')
  differs("dense({ a: 'relu' })", "dense({ a: 'tanh' })")
  differs("f('a b')", "f('ab')")
  differs("f('a // b')", "f('a // c')")
  differs('f(`a b`)', 'f(`ab`)')
  differs('f(a in b)', 'f(ainb)')
  differs('f([1, , 2])', 'f([1, 2])')
  differs(`f("it's")`, `f('it"s')`)
})

test('code that cannot be parsed is normalised too', () => {
  expect(normalise("dense({ units: ', `")).toBe("dense ( { units : ', `")
  expect(normalise('')).toBe('')
})

test('no text takes more time than its length', () => {
  // Each once took a time that grew with the square of the length.
  for (const unit of ['"\\', "'\\", '`\\', '/*', '"', '`', '${', '`${', '/[', '/a', '<', '\\u', '\r'])
    expect(normalise(unit.repeat(50_000)).length).toBeLessThan(300_001)
})
