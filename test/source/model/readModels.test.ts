import { describe, expect, it } from 'vitest'
import { readModels } from '../../../src/source/model/readModels.ts'

const HEAD = "import * as tf from '@tensorflow/tfjs'\n"

/** The widths that code gives its layers, `?` for one that is not known, and whether the inputs of the layer are known. */
function widths(code: string, modules: Record<string, string> = {}): string[] {
  const reading = readModels(code, '/p/script.js', (file) => modules[file] ?? null)!
  return reading.applications.flatMap(({ layer, inputs }) => {
    const { config, factory } = reading.layers[layer]!
    const width = config['units'] ?? config['filters'] ?? '?'
    return factory.toLowerCase().includes('input')
      ? []
      : [`${JSON.stringify(width).replaceAll('"', '')}${inputs ? '' : ' from ?'}`]
  })
}

const model = (statements: string): string =>
  `${HEAD}const model = tf.sequential()\nmodel.add(tf.layers.inputLayer({ inputShape: [4] }))\n${statements}`

describe('constants and expressions', () => {
  it.each([
    ['const W = 8\nmodel.add(tf.layers.dense({ units: W * 2 }))', ['16']],
    ['const sizes = { hidden: 8 }\nmodel.add(tf.layers.dense({ units: sizes.hidden }))', ['8']],
    ['const shared = { units: 3, useBias: false }\nmodel.add(tf.layers.dense({ ...shared, units: 5 }))', ['5']],
    ['let w = 4\nw += 2\nmodel.add(tf.layers.dense({ units: w }))', ['6']],
    ['const { units = 9 } = {}\nmodel.add(tf.layers.dense({ units }))', ['9']],
    ['model.add(tf.layers.dense({ units: Math.max(3, [1, 2].length) }))', ['3']],
    ['const big = true\nmodel.add(tf.layers.dense({ units: big ? 32 : 16 }))', ['32']],
    ['for (const units of [4, 3]) model.add(tf.layers.dense({ units }))', ['4', '3']],
    ['for (let i = 1; i <= 3; i++) model.add(tf.layers.dense({ units: i * 10 }))', ['10', '20', '30']],
    [';[5, 6].forEach((units) => model.add(tf.layers.dense({ units })))', ['5', '6']],
    ['function block(m, units) { m.add(tf.layers.dense({ units })) }\nblock(model, 7)', ['7']],
    ['const f = ({ units, more = 2 }) => tf.layers.dense({ units: units + more })\nmodel.add(f({ units: 1 }))', ['3']],
    [
      'class Net { units = 6; add(to) { to.add(tf.layers.dense({ units: this.units })) } }\nnew Net().add(model)',
      ['6'],
    ],
    [
      'switch (2) { case 1: model.add(tf.layers.dense({ units: 1 })); break; case 2: model.add(tf.layers.dense({ units: 2 })) }',
      ['2'],
    ],
    ['try { model.add(tf.layers.dense({ units: 2 })) } catch { model.add(tf.layers.dense({ units: 9 })) }', ['2']],
  ])('%s', (code, expected) => expect(widths(model(code))).toEqual(expected))
})

describe('what the code alone does not tell stays unknown', () => {
  it.each([
    ['the command line', 'model.add(tf.layers.dense({ units: Number(process.argv[2] ?? 8) }))', ['?']],
    ['chance', 'model.add(tf.layers.dense({ units: Math.random() > 0.5 ? 8 : 4 }))', ['?']],
    ['a spread of unknown arguments', 'model.add(tf.layers.dense({ units: 4, ...options }))', ['?']],
    [
      'a layer that may have been added',
      'if (deep) model.add(tf.layers.dense({ units: 4 }))\nmodel.add(tf.layers.dense({ units: 2 }))',
      ['4 from ?', '2 from ?'],
    ],
    [
      'how often a loop runs',
      'for (const x of data) model.add(tf.layers.dense({ units: 4 }))\nmodel.add(tf.layers.dense({ units: 2 }))',
      ['4 from ?', '2 from ?'],
    ],
    ['what an unknown function adds', 'addMore(model)\nmodel.add(tf.layers.dense({ units: 2 }))', ['2 from ?']],
    ['what a callback changes', 'let w = 4\nonReady(() => { w = 5 })\nmodel.add(tf.layers.dense({ units: w }))', ['?']],
    [
      'the rest of a function that may have returned',
      'function add() { if (done) return; model.add(tf.layers.dense({ units: 3 })) }\nadd()\nmodel.add(tf.layers.dense({ units: 2 }))',
      ['3 from ?', '2 from ?'],
    ],
    [
      'a list that may have grown',
      'const list = [1]\nif (more) list.push(2)\nfor (const units of list) model.add(tf.layers.dense({ units }))',
      ['? from ?'],
    ],
  ])('%s', (_, code, expected) => expect(widths(model(code))).toEqual(expected))

  it('a layer behind another that is unknown is applied to something unknown', () => {
    const code = `${HEAD}let x = tf.input({ shape: [4] })\nwhile (again()) x = tf.layers.dense({ units: 3 }).apply(x)`
    expect(widths(code)).toEqual(['3 from ?'])
  })
})

it('follows functions that nothing calls with their default arguments', () => {
  const code = `${HEAD}export function create(units = 12, classes) {
    return tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [2] }), tf.layers.dense({ units: classes })] })
  }`
  expect(widths(code)).toEqual(['12', '?'])
})

it('reads constants and functions of other modules', () => {
  const modules = {
    '/p/config.js': 'export const WIDTH = 5\nexport default { classes: 3 }',
    '/p/parts.cjs':
      "const tf = require('@tensorflow/tfjs-node')\nmodule.exports.hidden = (units) => tf.layers.dense({ units })",
  }
  const code = "import config, { WIDTH } from './config.js'\nimport { hidden } from './parts.cjs'\n"
  expect(widths(code + model('model.add(hidden(WIDTH)); model.add(hidden(config.classes))'), modules)).toEqual([
    '5',
    '3',
  ])
})

it('finds the models and says where they are', () => {
  const code = model('model.add(tf.layers.dense({ units: 2 }))')
  const [found] = readModels(code, 'a.js')!.models
  expect(code.slice(found!.place.start, found!.place.end)).toBe('tf.sequential()')
})

it.each([
  [
    "const { layers, sequential } = require('@tensorflow/tfjs-node')\nsequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] })",
  ],
  [
    "import { layers, sequential } from '@tensorflow/tfjs'\nsequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] })",
  ],
  ['const m = tf.sequential()\nm.add(tf.layers.dense({ units: 1, inputShape: [1] }))'],
  [
    "const tf = await import('@tensorflow/tfjs')\ntf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })",
  ],
])('knows TensorFlow.js by its package or as the global tf: %s', (code) => expect(widths(code)).toEqual(['1']))

it('takes no longer for loops over data', () => {
  const data = 'const rows = Array.from({ length: 200 }, (_, i) => Array.from({ length: 200 }, (_, j) => i * j))\n'
  expect(widths(`${data}${model('model.add(tf.layers.dense({ units: 2 }))')}`)).toEqual(['2'])
})

it('reads nothing from a text without layers, and null from one that cannot be parsed', () => {
  expect(readModels('const x = 1', 'a.js')).toEqual({ layers: [], applications: [], models: [] })
  expect(readModels('tf.layers.dense({', 'a.js')).toBeNull()
})
