import { expect, test } from 'vitest'
import { planWidthEdits } from '../../../src/source/edits/planWidthEdits.ts'

/**
 * Plans a width of 48 for the layers whose constructions a text marks by `/*!*\/` before the name that is called. Files
 * are not run, so that all dialects can be given.
 * @param from what the layers have
 */
function planned(files: Record<string, string>, from = 64, property = 'units') {
  const texts = new Map(Object.entries(files).map(([name, text]) => [`/project/${name}`, text]))
  const layers = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/\/\*!\*\//g)].map(({ index }) => {
      const before = text.slice(0, index + 5).split('\n')
      const place = { file, line: before.length, column: before.at(-1)!.length + 1 }
      return { layer: `${file}:${index}`, name: `l${index}`, ...place, property, from, to: 48 }
    }),
  )
  const script = [...texts.keys()][0]!
  const { edits, choices, refused } = planWidthEdits(
    { script, cwd: '/project', layers },
    (file) => texts.get(file) ?? null,
  )
  expect(layers.length).toBeGreaterThan(0)
  return {
    edits: edits.map(({ file, text, newText, form }) => `${form} ${file.slice(9)} ${text} → ${newText}`),
    choices: choices.map(({ uses }) => uses.map(({ text }) => text).join('; ')),
    refused: refused.map(({ reason }) => reason.kind),
  }
}
const edits = (edits: string[]) => ({ edits, choices: [], refused: [] })

test('ES modules: named, default, renamed, re-exported, namespaces, JSON', () => {
  const main = (load: string, value: string) => `${load}\ntf.layers./*!*/dense({ units: ${value} })\n`
  const config = 'export const UNITS = 64\nexport default { units: 64 }\n'
  const named = edits(['constant config.mjs 64 → 48'])
  const whole = edits(['property config.mjs 64 → 48'])
  expect(planned({ 'a.mjs': main("import { UNITS } from './config.mjs'", 'UNITS'), 'config.mjs': config })).toEqual(
    named,
  )
  expect(planned({ 'a.mjs': main("import * as c from './config.mjs'", 'c.UNITS'), 'config.mjs': config })).toEqual(
    named,
  )
  expect(planned({ 'a.mjs': main("import c from './config.mjs'", 'c.units'), 'config.mjs': config })).toEqual(whole)
  const renamed = { 'b.mjs': "export { UNITS as WIDTH } from './config.mjs'\nexport * from './config.mjs'" }
  expect(
    planned({ 'a.mjs': main("import { WIDTH } from './b.mjs'", 'WIDTH'), ...renamed, 'config.mjs': config }),
  ).toEqual(named)
  expect(
    planned({ 'a.mjs': main("import { UNITS } from './b.mjs'", 'UNITS'), ...renamed, 'config.mjs': config }),
  ).toEqual(named)
  const json = { 'config.json': '{ "units": 64 }' }
  const attribute = "import cfg from './config.json' with { type: 'json' }"
  expect(planned({ 'a.mjs': main(attribute, 'cfg.units'), ...json })).toEqual(edits(['json config.json 64 → 48']))
  const dynamic = "const { units } = (await import('./config.json', { with: { type: 'json' } })).default"
  expect(planned({ 'a.mjs': main(dynamic, 'units'), ...json })).toEqual(edits(['json config.json 64 → 48']))
})

test('JSON files that are read by a path, or by a `require` that the program makes', () => {
  const json = { 'sub/config.json': '{ "units": 64 }' }
  const changed = edits(['json sub/config.json 64 → 48'])
  const main = (load: string) => ({ 'a.mjs': `${load}\ntf.layers./*!*/dense({ units: cfg.units })\n`, ...json })
  const parsed = 'const cfg = JSON.parse(await readFile(FILE))'
  const here = "const here = path.dirname(fileURLToPath(import.meta.url)), FILE = path.join(here, 'sub', 'config.json')"
  expect(planned(main(`${here}\n${parsed}`))).toEqual(changed)
  expect(planned(main(`const FILE = new URL('sub/config.json', import.meta.url)\n${parsed}`))).toEqual(changed)
  expect(planned(main(`const FILE = FILE + 'sub/config.json'\n${parsed}`)).refused).toEqual(['unknown'])
  const made = 'createRequire(import.meta.url)'
  expect(planned(main(`const load = ${made}, cfg = load('./sub/config.json')`))).toEqual(changed)
  expect(planned(main(`const cfg = ${made}('./sub/config.json')`))).toEqual(changed)
  expect(planned(main("const load = other(), cfg = load('./sub/config.json')")).refused).toEqual(['unknown'])
})

test('Vue and Svelte: a number of one script block, in the other', () => {
  const vue =
    '<template><p>{{ n }}</p></template>\n<script>\nexport const UNITS = 64\n</script>\n<script setup lang="ts">\nconst l = tf.layers./*!*/dense({ units: UNITS as number })\n</script>\n'
  expect(planned({ 'a.vue': vue })).toEqual(edits(['constant a.vue 64 → 48']))
  const svelte =
    '<script lang="ts">\nexport let units: number = 64\ntf.layers./*!*/dense({ units })\n</script>\n<p>64</p>'
  expect(planned({ 'a.svelte': svelte })).toEqual(edits(['constant a.svelte 64 → 48']))
})

test('TypeScript: assertions, enums, parameter properties, imports without an extension', () => {
  expect(
    planned({ 'a.ts': 'const C = { units: 64 } as const satisfies Config; tf.layers./*!*/dense(C as any)' }),
  ).toEqual(edits(['property a.ts 64 → 48']))
  expect(
    planned({ 'a.ts': 'enum Width { Hidden = 64, Out = 2 }\ntf.layers./*!*/dense({ units: Width.Hidden })' }),
  ).toEqual(edits(['property a.ts 64 → 48']))
  const net =
    'class Net { constructor(private readonly units: number = 64) {}\n build() { return tf.layers./*!*/dense({ units: this.units! }) } }\nnew Net().build()'
  expect(planned({ 'a.ts': net })).toEqual(edits(['default a.ts 64 → 48']))
  expect(
    planned({
      'a.ts': "import { UNITS, type Other } from './config'\ntf.layers./*!*/dense({ units: UNITS } satisfies Args)",
      'config.ts': 'export const UNITS: number = 64',
    }),
  ).toEqual(edits(['constant config.ts 64 → 48']))
})

test('JSX and TSX', () => {
  const code =
    'export const App = ({ units = 64 }) => {\n const l = tf.layers./*!*/dense({ units })\n return <p>{l.name}</p>\n}\n'
  expect(planned({ 'a.jsx': code })).toEqual(edits(['default a.jsx 64 → 48']))
  expect(planned({ 'a.tsx': code.replace('64 }', '64 }: Props') })).toEqual(edits(['default a.tsx 64 → 48']))
})

test('a byte order mark', () => {
  const text = '\uFEFFtf.layers.dense({ units: 64 })'
  const layer = { layer: 'a', name: 'a', file: '/a.js', line: 1, column: 11, property: 'units', from: 64, to: 48 }
  const plan = planWidthEdits({ script: null, cwd: null, layers: [layer] }, () => text)
  expect(plan.edits.map(({ start, end }) => text.slice(start, end))).toEqual(['64'])
})

test('parts of a property: target shapes that follow', () => {
  expect(planned({ 'a.js': 'tf.layers./*!*/reshape({ targetShape: [7, 7, 64] })' }, 64, 'targetShape[2]')).toEqual(
    edits(['element a.js 64 → 48']),
  )
  expect(planned({ 'a.js': 'tf./*!*/input({ shape: [N] }); const N = 64' }, 64, 'shape[0]')).toEqual(
    edits(['constant a.js 64 → 48']),
  )
})

test('what cannot be found is refused', () => {
  expect(planned({ 'a.js': 'export const f = (units) => tf.layers./*!*/dense({ units })' }).refused).toEqual([
    'unknown',
  ])
  expect(planned({ 'a.js': 'tf.layers./*!*/dense(load())' }).refused).toEqual(['unknown'])
  expect(planned({ 'a.js': 'tf.layers./*!*/dense({ rate: 3 })' }).refused).toEqual(['not found'])
  expect(planned({ 'a.js': 'tf.layers./*!*/dense({ units: 64, ...load() })' }).refused).toEqual(['unknown'])
  expect(planned({ 'a.js': 'tf.layers./*!*/dense({ units: 32 })' }).refused).toEqual(['other value'])
  expect(planned({ 'a.js': 'const x = 3 /*!*/' }).refused).toEqual(['no construction'])
  expect(planned({ 'a.js': 'let x = x + 1; tf.layers./*!*/dense({ units: x })' }).refused).toEqual(['computed'])
})

test('yargs, argparse and minimist', () => {
  const layer = (value: string) => `tf.layers./*!*/dense({ units: ${value} })`
  const yargs =
    "const argv = yargs(hideBin(process.argv)).option('units', { type: 'number', default: 64 }).help().argv\n"
  expect(planned({ 'a.js': yargs + layer('argv.units') })).toEqual(edits(['property a.js 64 → 48']))
  const argparse =
    "const parser = new ArgumentParser()\nparser.add_argument('--hidden_units', { type: 'int', default: 64 })\nconst args = parser.parse_args()\n"
  expect(planned({ 'a.js': argparse + layer('args.hidden_units') })).toEqual(edits(['property a.js 64 → 48']))
  const minimist = 'const o = minimist(process.argv.slice(2), { default: { units: 64 } })\n'
  expect(planned({ 'a.js': minimist + layer('o.units') })).toEqual(edits(['property a.js 64 → 48']))
})
