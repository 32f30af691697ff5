import { expect, test } from 'vitest'
import { isIgnoredByComment, isIgnoredBySetting } from '../../../src/vscode/hints/ignored.ts'

const isIgnored = (line: number, ...lines: string[]): boolean => isIgnoredByComment(line, (n) => lines[n] ?? '')

test('a comment hides the hints of its own line, and alone on a line those of the next', () => {
  expect(isIgnored(0, 'dense({ units: 3 }) // saturation-ignore')).toBe(true)
  expect(isIgnored(1, '  // saturation-ignore: known', 'dense({ units: 3 })')).toBe(true)
  expect(isIgnored(1, '/* saturation-ignore */', 'dense({ units: 3 })')).toBe(true)
  expect(isIgnored(1, 'dense({ units: 3 }) // saturation-ignore', 'dense({ units: 4 })')).toBe(false)
  expect(isIgnored(0, 'dense({ units: 3 })')).toBe(false)
})

test('the setting names files and their layers', () => {
  expect(isIgnoredBySetting(['src/model.js'], 'src/model.js', 'a')).toBe(true)
  expect(isIgnoredBySetting(['src/model.js#a'], 'src/model.js', 'a')).toBe(true)
  expect(isIgnoredBySetting(['src/model.js#a'], 'src/model.js', 'b')).toBe(false)
  expect(isIgnoredBySetting(['model.js'], 'src/model.js', 'a')).toBe(false)
})
