import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesBetween } from '../../../src/source/tracking/lineDiff.ts'
import type { Change } from '../../../src/source/tracking/trackedText.ts'
import { cases } from '../../stress.ts'

function applied(text: string, changes: readonly Change[]): string {
  return [...changes]
    .reverse()
    .reduce((t, c) => t.slice(0, c.rangeOffset) + c.text + t.slice(c.rangeOffset + c.rangeLength), text)
}

test('equal texts have no changes', () => {
  expect(changesBetween('a\nb\n', 'a\nb\n')).toEqual([])
  expect(changesBetween('', '')).toEqual([])
})

test('an inserted line is one insertion', () => {
  expect(changesBetween('a\nc\n', 'a\nb\nc\n')).toEqual([{ rangeOffset: 2, rangeLength: 0, text: 'b\n' }])
})

test('an edit within a line is as small as the edit', () => {
  expect(changesBetween('one\nunits: 32\nthree', 'one\nunits: 64\nthree')).toEqual([
    { rangeOffset: 11, rangeLength: 2, text: '64' },
  ])
})

test('a unique line is kept when the blocks around it are replaced', () => {
  const changes = changesBetween('x\nx\nmodel\ny\n', 'z\nmodel\nw\nw\nw\n')
  expect(changes.every((c) => c.rangeOffset + c.rangeLength <= 4 || c.rangeOffset >= 10)).toBe(true)
})

test('other line ends change nothing but the line ends', () => {
  const changes = changesBetween('a\nb\nc', 'a\r\nb\r\nc')
  expect(changes).toEqual([
    { rangeOffset: 1, rangeLength: 0, text: '\r' },
    { rangeOffset: 3, rangeLength: 0, text: '\r' },
  ])
})

test('the changes turn any text into any other, in order and without overlap', () => {
  const texts = fc
    .array(fc.constantFrom('a', 'b', 'c', 'dd', '', 'e'), { maxLength: 14 })
    .chain((lines) => fc.constantFrom('\n', '\r\n', '\r').map((end) => lines.join(end)))
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const changes = changesBetween(before, after)
      expect(applied(before, changes)).toBe(after)
      changes.forEach((change, i) => {
        const last = changes[i - 1]
        if (last) expect(last.rangeOffset + last.rangeLength).toBeLessThanOrEqual(change.rangeOffset)
      })
    }),
    { numRuns: cases(300, 2000) },
  )
})

test('a hundred lines removed from ten thousand are a hundred changes', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}`)
  const after = lines.filter((_, i) => i % 100 !== 50)
  expect(changesBetween(lines.join('\n'), after.join('\n'))).toHaveLength(100)
})

test('files of a hundred thousand other lines are compared in parts of a second', () => {
  const lines = (n: number, of: (i: number) => string): string => Array.from({ length: n }, (_, i) => of(i)).join('\n')
  const before = lines(100_000, (i) => `old ${i}`)
  // Shuffled, repeated and replaced lines; what was searched line by line took a minute.
  for (const of of [
    (i: number) => `old ${(i * 7919) % 100_000}`,
    (i: number) => `${i % 7}`,
    (i: number) => `new ${i}`,
  ]) {
    const after = lines(99_000, of)
    const changes = changesBetween(before, after)
    expect(changes.length).toBeGreaterThan(0)
  }
})
