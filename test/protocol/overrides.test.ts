import { describe, expect, it } from 'vitest'
import { describeOverride, isMeantFor, parseOverride } from '../../src/protocol/overrides.ts'

describe('parseOverride', () => {
  it.each<[string, string, string, unknown]>([
    ['hidden2.units=24', 'hidden2', 'units', 24],
    ['  hidden2.units= 24 ', 'hidden2', 'units', 24],
    ['model.js:12.units=24', 'model.js:12', 'units', 24],
    ['src/a.b/model.ts:12:5.rate=0.3', 'src/a.b/model.ts:12:5', 'rate', 0.3],
    ['dense_*.activation=relu', 'dense_*', 'activation', 'relu'],
    ['conv.kernelSize=[3,5]', 'conv', 'kernelSize', [3, 5]],
    ['dense.useBias=false', 'dense', 'useBias', false],
    [
      'dense.kernelInitializer={"className":"Zeros","config":{}}',
      'dense',
      'kernelInitializer',
      { className: 'Zeros', config: {} },
    ],
    ['block.1.dense.units=8', 'block.1.dense', 'units', 8],
    ['dense.padding="a.b=c"', 'dense', 'padding', 'a.b=c'],
    ['dense.mode=a.b=c', 'dense', 'mode', 'a.b=c'],
  ])('reads %s', (text, layer, property, value) => {
    expect(parseOverride(text)).toEqual({ override: { layer, property, value } })
  })

  it.each([
    ['units=24', 'It is LAYER.property=value'],
    ['hidden2.units', 'It is LAYER.property=value'],
    ['hidden2.units 24', 'It is LAYER.property=value'],
    ['.units=24', 'It is LAYER.property=value'],
    ['hidden2.units=', 'It has no value for units.'],
    ['hidden2.kernelSize=[3,', '[3, is not JSON.'],
    ['hidden2.name=other', 'cannot be overridden'],
  ])('says what is wrong with %s', (text, wrong) => {
    expect(parseOverride(text)).toEqual({ malformed: expect.stringContaining(wrong) as string })
  })
})

describe('isMeantFor', () => {
  const at =
    (file: string, line: number, column = 3) =>
    () => ({ file, line, column })
  const nowhere = () => null
  const on = (layer: string) => ({ layer, property: 'units', value: 1 })

  it('matches whole names and patterns, in their case', () => {
    expect(isMeantFor(on('dense'), 'dense', nowhere)).toBe(true)
    expect(isMeantFor(on('dense'), 'dense_1', nowhere)).toBe(false)
    expect(isMeantFor(on('dense'), 'Dense', nowhere)).toBe(false)
    expect(isMeantFor(on('dense_*'), 'dense_1', nowhere)).toBe(true)
    expect(isMeantFor(on('d.nse'), 'dense', nowhere)).toBe(false)
  })

  it('matches lines of files whose path ends so, at a boundary of folders', () => {
    expect(isMeantFor(on('model.js:12'), 'a', at('/p/model.js', 12))).toBe(true)
    expect(isMeantFor(on('./src/model.js:12'), 'a', at('/p/src/model.js', 12))).toBe(true)
    expect(isMeantFor(on('src\\model.js:12'), 'a', at('C:\\p\\src\\model.js', 12))).toBe(true)
    expect(isMeantFor(on('/p/model.js:12'), 'a', at('/p/model.js', 12))).toBe(true)
    expect(isMeantFor(on('model.js:12'), 'a', at('/p/mymodel.js', 12))).toBe(false)
    expect(isMeantFor(on('model.js:12'), 'a', at('/p/model.js', 1))).toBe(false)
    expect(isMeantFor(on('model.js:12:3'), 'a', at('/p/model.js', 12))).toBe(true)
    expect(isMeantFor(on('model.js:12:4'), 'a', at('/p/model.js', 12))).toBe(false)
    expect(isMeantFor(on('model.js:12'), 'a', nowhere)).toBe(false)
  })
})

it('describes an override', () => {
  expect(describeOverride({ layer: 'conv', property: 'kernelSize', value: [3, 3] })).toBe('conv.kernelSize = [3,3]')
  expect(describeOverride({ layer: 'conv', property: 'activation', value: 'relu' })).toBe('conv.activation = relu')
})
