import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FOR_BUNDLED, forbiddenPackages, isAllowed, packageName } from '../../setup/licences/allowed.mjs'
import { bundledPackages, notices } from '../../setup/licences/notices.mjs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Parameters<typeof forbiddenPackages>[0]

it('finds no forbidden licence in the lock file, and one that is put there', () => {
  expect(forbiddenPackages(lock)).toEqual([])
  const packages = {
    'node_modules/a/node_modules/@b/c': { version: '1.0.0', license: 'GPL-3.0-only' },
    'node_modules/d': {},
  }
  expect(forbiddenPackages({ packages })).toEqual([
    '@b/c has the licence GPL-3.0-only, which is not allowed.',
    'd has the licence of no name, which is not allowed.',
  ])
})

it.each([
  { licence: 'MIT', is: true },
  { licence: '(GPL-3.0-only OR MIT)', is: true },
  { licence: 'Apache-2.0 AND MIT', is: true },
  { licence: 'GPL-3.0-only AND MIT', is: false },
  { licence: 'MIT AND (GPL-3.0-only OR ISC)', is: false },
  { licence: 'UNLICENSED', is: false },
  { licence: 'SEE LICENSE IN LICENSE.txt', is: false },
  { licence: undefined, is: false },
])('takes $licence as allowed: $is', ({ licence, is }) => {
  expect(isAllowed(licence, FOR_BUNDLED)).toBe(is)
})

it('names what is bundled, with version, licence and its text', () => {
  const inputs = {
    'node_modules/valibot/dist/index.mjs': { bytesInOutput: 10 },
    'node_modules/commander/lib/unused.js': { bytesInOutput: 0 },
    'assemblyscript:/project/src/main.wasm': { bytesInOutput: 5 },
    'src/main.ts': { bytesInOutput: 7 },
  }
  const metafile = { inputs: {}, outputs: { 'dist/a.cjs': { bytes: 1, inputs, imports: [], exports: [] } } }
  const folders = bundledPackages([metafile])
  expect(folders.map(packageName)).toEqual(['assemblyscript', 'valibot'])
  const text = notices(folders, lock, '.')
  expect(text).toContain(`valibot ${lock.packages['node_modules/valibot']!.version} (MIT)\n\nMIT License`)
  expect(text).toMatch(/^assemblyscript [\d.]+ \(Apache-2\.0\)$/m)
  const forbidden = {
    packages: { ...lock.packages, 'node_modules/valibot': { version: '1.0.0', license: 'GPL-3.0-only' } },
  }
  expect(() => notices(folders, forbidden, '.')).toThrow('valibot has the licence GPL-3.0-only and may not be bundled.')
})
