import { expect, test } from 'vitest'
import { constructionAt } from '../../src/source/constructions.ts'
import { parseCode } from '../../src/source/parse.ts'
import { callSites } from './callSites.ts'

/** The constructions at the call sites that V8 reports for a snippet: whole text and own part. */
function found(snippet: string, extension: 'cjs' | 'mjs' = 'cjs'): { text: string; own: string }[] {
  const parsed = parseCode(snippet, `snippet.${extension}`)
  if (!parsed) throw new Error('does not parse')
  return callSites(snippet, extension).map((site) => {
    const construction = constructionAt(parsed, site)
    if (!construction) throw new Error(`nothing at ${site.line}:${site.column}`)
    return { text: construction.text, own: snippet.slice(construction.ownStart, construction.end) }
  })
}

const texts = (snippet: string, extension: 'cjs' | 'mjs' = 'cjs') => found(snippet, extension).map((c) => c.text)

/** Texts of the constructions in a CommonJS module; `tf` is loaded in a line before the body. */
const cjs = (body: string) => texts(`const tf = require('./tf.cjs')\n${body}`)

test('CommonJS: members, destructured functions and classes, several on a line', () => {
  const body = [
    'const { layers: { dense, conv2d }, layers } = tf',
    'const a = tf.layers.conv2d({ filters: 8 }); const b = tf.layers.dense({ units: 1 })',
    'dense({ units: 2 })',
    'layers.dense({ units: 3 })',
    'new layers.Layer({ units: 4 })',
    'const { Layer } = layers; const own = new Layer',
  ]
  expect(cjs(body.join('\n'))).toEqual([
    'tf.layers.conv2d({ filters: 8 })',
    'tf.layers.dense({ units: 1 })',
    'dense({ units: 2 })',
    'layers.dense({ units: 3 })',
    'new layers.Layer({ units: 4 })',
    'new Layer',
  ])
})

test('ES modules', () => {
  const snippet = "import tf from './tf.cjs'\nconst model = tf.model\nmodel.add(tf.layers.dense({ units: 3 }))\n"
  expect(texts(snippet, 'mjs')).toEqual(['tf.layers.dense({ units: 3 })'])
})

test('arguments of other calls, also when broken over lines', () => {
  expect(cjs('tf.model.add(tf.layers\n  .dense({units: 3}))')).toEqual(['tf.layers\n  .dense({units: 3})'])
  expect(cjs('tf.model.add(\n\ttf.layers.dense({\n\t\tunits: 3,\n\t}),\n)')).toEqual([
    'tf.layers.dense({\n\t\tunits: 3,\n\t})',
  ])
})

test('the functional style: the layer, not what is applied to it', () => {
  const body = 'const y = tf.layers.dense({ units: 3 }).apply(\n  tf.layers.conv2d({ filters: 2 }).apply(null))'
  expect(cjs(body)).toEqual(['tf.layers.dense({ units: 3 })', 'tf.layers.conv2d({ filters: 2 })'])
})

test('a chain of calls: each link with its own part', () => {
  const snippet = "const { chain } = require('./tf.cjs')\nchain\n  .conv2d(8)\n  .dense({ units: 3 })"
  expect(found(snippet)).toEqual([
    { text: 'chain\n  .conv2d(8)', own: 'conv2d(8)' },
    { text: 'chain\n  .conv2d(8)\n  .dense({ units: 3 })', own: 'dense({ units: 3 })' },
  ])
})

test('loops, helpers and spread configurations', () => {
  const body = [
    'const base = { activation: "relu" }',
    'const block = (units) => tf.layers.dense({ ...base, units })',
    'for (const units of [4, 8]) block(units)',
    'tf.layers.dense(...[{ units: 3 }])',
    '[1, 2].map((filters) => tf.layers.conv2d({ filters }))',
  ]
  expect(cjs(body.join('\n').replace('\n[1', '\n;[1'))).toEqual([
    'tf.layers.dense({ ...base, units })',
    'tf.layers.dense({ ...base, units })',
    'tf.layers.dense(...[{ units: 3 }])',
    'tf.layers.conv2d({ filters })',
    'tf.layers.conv2d({ filters })',
  ])
})

test('callees for which V8 reports the position of the parenthesis', () => {
  const body = [
    "tf.layers['dense']({ units: 1 })",
    ';(0, tf.layers.dense)({ units: 2 })',
    ';(tf.layers.dense)({ units: 3 })',
    'const make = () => tf.layers.dense',
    'make()({ units: 4 })',
    'tf.layers.dense?.({ units: 5 })',
    'tf?.layers?.dense({ units: 6 })',
    'tf.layers.dense /* why */ ({ units: 7 })',
  ]
  expect(cjs(body.join('\n'))).toEqual([
    "tf.layers['dense']({ units: 1 })",
    '(0, tf.layers.dense)({ units: 2 })',
    '(tf.layers.dense)({ units: 3 })',
    'make()({ units: 4 })',
    'tf.layers.dense?.({ units: 5 })',
    'tf?.layers?.dense({ units: 6 })',
    'tf.layers.dense /* why */ ({ units: 7 })',
  ])
})

test("a layer of the user's own: its super call", () => {
  const body = 'class Mine extends tf.layers.Layer {\n  constructor(config) { super(config) }\n}\nnew Mine({})'
  expect(cjs(body)).toEqual(['super(config)'])
})

test('line ends of Windows, wide characters and a shebang', () => {
  const snippet = [
    '#!/usr/bin/env node',
    "const tf = require('./tf.cjs')",
    '/* 🧠 é */ tf.layers.dense({ name: "🧠" })',
    '\ttf.layers.conv2d({})',
  ]
  const expected = ['tf.layers.dense({ name: "🧠" })', 'tf.layers.conv2d({})']
  expect(texts(snippet.join('\r\n'))).toEqual(expected)
  expect(texts(snippet.join('\n'))).toEqual(expected)
})

function at(text: string, fileName: string, line: number, column: number) {
  const parsed = parseCode(text, fileName)
  return parsed && (constructionAt(parsed, { line, column })?.text ?? null)
}

test('TypeScript, as Node strips it: types, generics, non-null', () => {
  const text = 'const a = tf.layers!.dense<Config>({ units } as Config)\nconst b = dense!({ units })\n'
  expect(at(text, 'model.ts', 1, 22)).toBe('tf.layers!.dense<Config>({ units } as Config)')
  expect(at(text, 'model.ts', 2, 11)).toBe('dense!({ units })')
  expect(at('const c = <T,>(x: T) => <b>{tf.layers.dense({})}</b>', 'model.tsx', 1, 39)).toBe('tf.layers.dense({})')
  expect(at('const c = <Layer>tf.layers.dense({})', 'model.mts', 1, 28)).toBe('tf.layers.dense({})')
})

test('syntax errors elsewhere do not hide a construction', () => {
  const text = 'const a = 1\nconst a = 2\nmodel.add(tf.layers.dense({ units: 3 }))\nreturn await 3'
  expect(at(text, 'model.js', 3, 21)).toBe('tf.layers.dense({ units: 3 })')
})

test('a column inside a call finds that call, if it begins on the line', () => {
  const text = 'model.add(tf.layers.dense({ units: 3 }))'
  expect(at(text, 'model.js', 1, 11)).toBe('tf.layers.dense({ units: 3 })')
  expect(at(text, 'model.js', 1, 30)).toBe('tf.layers.dense({ units: 3 })')
})

test('positions without a call, or outside the text, have no construction', () => {
  const text = 'class N extends L {}\n\nlayers.dense()\n'
  expect(at(text, 'model.js', 1, 1)).toBeNull()
  expect(at(text, 'model.js', 2, 1)).toBeNull()
  expect(at(text, 'model.js', 3, 99)).toBeNull()
  expect(at(text, 'model.js', 99, 1)).toBeNull()
  expect(at(text, 'model.js', 0, 0)).toBeNull()
})

test('a text that cannot be parsed gives null and no exception', () => {
  expect(parseCode('const a = {{{ "', 'model.js')).toBeNull()
  expect(parseCode(' '.repeat(1_000_001), 'bundle.js')).toBeNull()
})

test('a chain of hundreds of calls', () => {
  const text = `x${'.dense()'.repeat(500)}`
  expect(parseCode(text, 'model.js')?.calls).toHaveLength(500)
})
