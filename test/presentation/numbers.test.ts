import { expect, it } from 'vitest'
import { percent, percentRange, pluralise } from '../../src/presentation/numbers.ts'

it('counts are read as people say them', () => {
  expect([0, 1, 1280].map((n) => pluralise(n, 'layer'))).toEqual(['0 layers', '1 layer', '1,280 layers'])
})

it('percentages are read as people say them', () => {
  expect([0, 0.0002, 0.004, 0.12, 0.995, 0.999, 1].map(percent)).toEqual([
    '0 %',
    '< 0.1 %',
    '0.4 %',
    '12 %',
    '99.5 %',
    '99.9 %',
    '100 %',
  ])
  expect([percentRange(0.12, 0.78), percentRange(0.121, 0.122)]).toEqual(['12–78 %', '12 %'])
})
