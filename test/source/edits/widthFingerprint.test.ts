import { expect, test } from 'vitest'
import { widthFingerprints } from '../../../src/source/edits/widthFingerprint.ts'

/** Whether the first layer of a program is stale after a replacement in one of its texts. */
function isStale(files: Record<string, string>, [from, to]: [string, string]): boolean {
  const [main = '', text = ''] = Object.entries(files)[0] ?? []
  const fingerprint = (replace: (code: string) => string) => {
    const changed = replace(text)
    const before = changed.slice(0, changed.indexOf('dense(')).split('\n')
    const site = { file: `/p/${main}`, line: before.length, column: before.at(-1)!.length + 1, property: 'units' }
    const read = (file: string) =>
      file.startsWith('/p/') && files[file.slice(3)] ? replace(files[file.slice(3)]!) : null
    return widthFingerprints([site], read)[0]
  }
  return fingerprint((code) => code) !== fingerprint((code) => code.replace(from, to))
}

test('the number, and the constant, file or parts behind it', () => {
  expect(isStale({ 'a.js': 'tf.layers.dense({ units: 64 })' }, ['64', '48'])).toBe(true)
  expect(isStale({ 'a.js': 'const N = 64; f()\ntf.layers.dense({ units: N })' }, ['64', '48'])).toBe(true)
  expect(isStale({ 'a.js': 'const N = 64\ntf.layers.dense({ units: N * 2 })' }, ['64', '48'])).toBe(true)
  const json = {
    'a.js': "const c = require('./c.json')\ntf.layers.dense({ units: c.units })",
    'c.json': '{"units": 64}',
  }
  expect(isStale(json, ['64', '48'])).toBe(true)
})

test('other code, formatting and names make nothing stale', () => {
  const files = { 'a.js': 'const N = 64; const rate = 0.1\ntf.layers.dense({ units: N })' }
  expect(isStale(files, ['0.1', '0.2'])).toBe(false)
  expect(isStale(files, ['const N = 64;', '// The width.\n\n  const N = 64;'])).toBe(false)
  expect(isStale(files, ['{ units: N }', '{units:N,}'])).toBe(false)
})
