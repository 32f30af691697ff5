import fc from 'fast-check'
import { expect, it } from 'vitest'
import { admissibleWidth } from '../../src/advice/admissibleWidth.ts'

it.each([
  [20, undefined, 20],
  [20.1, {}, 21],
  [0, {}, 1],
  [20, { multiple: 8 }, 24],
  [24, { multiple: 8 }, 24],
  [3, { offset: 12 }, 13],
  [20, { offset: 12 }, 20],
  [20, { multiple: 6, offset: 4 }, 22],
  [1, { multiple: 6, offset: 4 }, 10],
])('%d in a group of %j becomes %d', (wanted, group, expected) => {
  expect(admissibleWidth(wanted, group)).toBe(expected)
})

it('is the next width that the group may have', () => {
  const size = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(fc.nat(500), size, fc.nat(60), (wanted, multiple, offset) => {
      const width = admissibleWidth(wanted, { multiple, offset })
      expect((width - offset) % multiple).toBe(0)
      expect(width).toBeGreaterThanOrEqual(Math.max(wanted, offset + multiple))
      expect(width - multiple < Math.max(wanted, offset + 1)).toBe(true)
    }),
  )
})
