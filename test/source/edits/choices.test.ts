import { expect, test } from 'vitest'
import { planWidthEdits } from '../../../src/source/edits/planWidthEdits.ts'
import { change, type Files } from './builtPrograms.ts'

const main = (body: string, before = ''): Files => ({
  'main.cjs': `${before}\nmodule.exports = (tf) => {\n${body}\n}\n`,
})

test('a constant of two layers: the person chooses, unless both change alike', () => {
  const files = main('tf.layers.dense({ units: UNITS })\ntf.layers.dense({ units: UNITS })', 'const UNITS = 64')
  const one = change(files, { 0: 48 })
  expect(one.edits).toEqual([])
  expect(one.choices).toEqual(['64 → 48 | UNITS → 48 | tf.layers.dense({ units: UNITS })'])
  expect(change(files, { 0: 48, 1: 48 }).edits).toEqual(['constant main.cjs:1 64 → 48'])
})

test('a constant that code uses as well', () => {
  const files = main('tf.layers.dense({ units: N }); tf.zeros([3, N]); console.log(N)', 'const N = 64')
  expect(change(files, { 0: 48 }).choices).toEqual(['64 → 48 | N → 48 | N'])
})

test('where a whole object is used: the property is written behind it', () => {
  const files = main('tf.layers.dense(c); tf.layers.dense({ ...c, useBias: false })', 'const c = { units: 64 }')
  expect(change(files, { 0: 48 }).choices).toEqual([
    '64 → 48 | c → { ...c, units: 48 } | tf.layers.dense({ ...c, useBias: false })',
  ])
  expect(change(files, { 1: 48 }).choices).toEqual(['64 → 48 | ...c → ...c, units: 48 | tf.layers.dense(c)'])
})

test('a number that makes several layers is changed for all or not at all', () => {
  const files = main('for (let i = 0; i < 3; i++) tf.layers.dense({ units: 64 })')
  expect(change(files, { 0: 48 }).refused).toEqual(['shared 64'])
  expect(change(files, { 0: 48, 1: 48, 2: 48 }).after).toEqual([48, 48, 48])
  const helper = main('const f = (units) => [tf.layers.dense({ units }), tf.layers.dense({ units })]; f(64); f(8)')
  expect(change(helper, { 0: 48 }).choices).toEqual([])
  expect(change(helper, { 0: 48, 1: 48 }).after).toEqual([48, 48, 8, 8])
})

test('what is computed is refused, with what it is computed from', () => {
  const refused = (body: string, before = '') => change(main(body, before), { 0: 48 }).refused
  expect(refused('tf.layers.dense({ units: 64 * 5 })')).toEqual(['computed 64 * 5'])
  expect(refused('tf.layers.dense({ units: base * 2 })', 'const base = 32')).toEqual(['computed base * 2'])
  expect(refused('let f = 8; for (let i = 0; i < 2; i++, f *= 2) tf.layers.dense({ units: f })')).toEqual([
    'computed f *= 2',
  ])
  expect(refused('for (let i = 1; i < 3; i++) tf.layers.dense({ units: i })')).toEqual(['computed i++'])
  expect(refused('tf.layers.dense({ units: Math.round(base / 2) })', 'const base = 32')).toEqual([
    'computed Math.round(base / 2)',
  ])
  expect(refused("tf.layers.dense({ units: Number('6' + '4') })")).toEqual(["computed '6' + '4'"])
})

test('another value than the run had', () => {
  process.env['SOME_UNITS'] = '128'
  const files = main('tf.layers.dense({ units: Number(process.env.SOME_UNITS || 320) })')
  expect(change(files, { 0: 48 }).refused).toEqual(['outside process.env.SOME_UNITS 320'])
})

test('layers of a group change together or not at all', () => {
  const files = main('tf.layers.dense({ units: 64 }); tf.layers.dense({ units: 32 * 2 })')
  expect(change(files, { 0: 48, 1: 48 }).refused).toEqual(['computed 32 * 2'])
  expect(change(files, { 0: 48, 1: 48 }, [[0, 1]]).refused).toEqual(['computed 32 * 2', 'tied'])
})

test('other files: constants, JSON, helpers', () => {
  const imported = {
    'main.cjs':
      "const { UNITS } = require('./config.cjs')\nmodule.exports = (tf) => tf.layers.dense({ units: UNITS })\n",
    'config.cjs': 'const UNITS = 64 // features\nmodule.exports = { UNITS }\n',
  }
  const constant = change(imported, { 0: 48 })
  expect(constant.edits).toEqual(['constant config.cjs:1 64 → 48'])
  expect(constant.files['config.cjs']).toBe('const UNITS = 48 // features\nmodule.exports = { UNITS }\n')
  const shared = {
    ...imported,
    'main.cjs': `const other = require('./other.cjs')\n${imported['main.cjs']}`,
    'other.cjs': "const config = require('./config.cjs')\nmodule.exports = () => config.UNITS + 1\n",
  }
  expect(change(shared, { 0: 48 }).choices).toEqual(['64 → 48 | UNITS → 48 | config.UNITS'])
  const json = {
    'main.cjs': [
      "const fs = require('node:fs')",
      "const path = require('node:path')",
      "const a = require('./a.json')",
      "const b = JSON.parse(fs.readFileSync(path.join(__dirname, 'b.json'), 'utf8'))",
      'module.exports = (tf) => [a, b].map((c) => c.layers.map((layer) => tf.layers.dense(layer)))',
    ].join('\n'),
    'a.json': '{ "layers": [{ "units": 64 }, { "units": 32 }] }\n',
    'b.json': '{\n  "layers": [{ "units": 16 }]\n}\n',
  }
  const { edits, after } = change(json, { 0: 48, 2: 8 })
  expect(edits).toEqual(['json a.json:1 64 → 48', 'json b.json:2 16 → 8'])
  expect(after).toEqual([48, 32, 8])
  const helper = {
    'main.cjs': "const nets = require('./nets.cjs')\nmodule.exports = (tf) => [nets.block(tf, 64), nets.block(tf)]\n",
    'nets.cjs': 'exports.block = (tf, filters = 16) => tf.layers.conv2d({ filters, kernelSize: 1 })\n',
  }
  expect(change(helper, { 0: 48, 1: 8 }).edits).toEqual(['argument main.cjs:2 64 → 48', 'default nets.cjs:1 16 → 8'])
})

test('of a number that the code may lack, nothing is said where its layer cannot be edited', () => {
  const at = { file: '/a.js', line: 1, from: 64, to: 48 }
  const layers = [
    { ...at, layer: 'a', name: 'a', column: 11, property: 'units' },
    { ...at, layer: 'b.inputShape[0]', name: 'b', column: 44, property: 'inputShape[0]', optional: true },
  ]
  const text = 'tf.layers.dense({ units: 32 * 2 }); tf.layers.dense({ units: 4 })'
  const plan = planWidthEdits({ script: null, cwd: null, layers, groups: [['a', 'b.inputShape[0]']] }, () => text)
  expect(plan.refused.map(({ layers }) => layers)).toEqual([['a']])
})
