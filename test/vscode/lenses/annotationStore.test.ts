import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi, type Mock } from 'vitest'
import { DEFAULT_THRESHOLDS } from '../../../src/advice/verdictKind.ts'
import { AnnotationStore } from '../../../src/vscode/lenses/annotationStore.ts'
import type { FileOnDisk } from '../../../src/source/tracking/sourceSnapshot.ts'
import type { Layer } from '../../../src/protocol/layer.ts'
import type { Measurement } from '../../../src/protocol/measurement.ts'
import { CurrentRun } from '../../../src/vscode/currentRun.ts'
import { FakeRun, FakeRuns } from '../fakeRun.ts'
import { describedLayer } from './describedLayer.ts'
import { FakeDocument } from './fakeDocument.ts'
import { measurement } from '../../presentation/layers.ts'
import { askInThisThread } from '../../source/background/askInThisThread.ts'

const FILE = '/project/train.js'
const STARTED = 1_000_000
const CODE = [
  "const tf = require('@tensorflow/tfjs')",
  'const model = tf.sequential()',
  'model.add(tf.layers.conv2d({ filters: 128 }))',
  'model.add(tf.layers.dense({ units: 128 }))',
  'for (const units of sizes) model.add(tf.layers.dense({ units }))',
].join('\n')

let runs: FakeRuns
let currentRun: CurrentRun
let disk: Map<string, FileOnDisk>
let open: FakeDocument[]
let changed: Mock<() => void>
let store: AnnotationStore

beforeEach(() => {
  runs = new FakeRuns()
  currentRun = new CurrentRun(runs)
  disk = new Map([[FILE, { text: CODE, modified: STARTED - 5000 }]])
  open = []
  changed = vi.fn<() => void>()
  store = new AnnotationStore(
    currentRun,
    () => DEFAULT_THRESHOLDS,
    { read: (path) => Promise.resolve(disk.get(path) ?? null), open: () => open },
    askInThisThread,
    changed,
  )
})

afterEach(() => {
  store.dispose()
  currentRun.dispose()
})

function described(id: string, line: number, column: number, parts: Partial<Layer> = {}, file = FILE): Layer {
  return describedLayer({ id, site: { file, line, column }, ...parts })
}

const LAYERS = [described('conv', 3, 21, { widthProperty: 'filters' }), described('dense', 4, 21)]

/** Waits until files have been read and searched. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A current run whose layers are known and whose file has been read. */
async function started(layers = LAYERS): Promise<FakeRun> {
  const run = new FakeRun()
  run.emit(STARTED, { type: 'run started', protocol: 1, script: FILE, args: [], cwd: '/project' })
  runs.choose(run)
  run.emit(STARTED + 1, { type: 'model', layers })
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 120_000)
  await settled()
  return run
}

function measured(run: FakeRun, ...layers: (Partial<Measurement> & { layer: string })[]): void {
  const all = layers.map((parts) => measurement(parts))
  // As many epochs as it takes for the widths to settle.
  for (const epoch of [0, 1, 2])
    run.emit(STARTED + 2, { type: 'saturation', step: epoch + 1, epoch, endOfEpoch: true, layers: all })
}

const lenses = (document: FakeDocument) => store.annotations(document).map(({ line, title }) => `${line} ${title}`)

test('a layer is shown on the line that defines it, from warming up to its verdict', async () => {
  const document = new FakeDocument(FILE, CODE)
  expect(lenses(document)).toEqual([])
  const run = await started()
  expect(lenses(document)).toEqual(['2 $(watch) warming up', '3 $(watch) warming up'])
  measured(run, { layer: 'conv' }, { layer: 'dense', k: 64 })
  expect(store.annotations(document)).toMatchObject([
    { line: 2, layerIds: ['conv'], state: 'underused' },
    { line: 3, layerIds: ['dense'], state: 'healthy' },
  ])
  expect(lenses(document)).toEqual([
    '2 $(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    '3 50 % saturated · 64 of 128 dimensions',
  ])
  expect(lenses(new FakeDocument('/project/other.js', CODE))).toEqual([])
})

test('several layers made by one line have one lens', async () => {
  const loop = ['a', 'b', 'c'].map((id) => described(id, 5, 48))
  const run = await started([...LAYERS, ...loop])
  measured(run, { layer: 'a' }, { layer: 'b', k: 64 }, { layer: 'c', k: 100 })
  const document = new FakeDocument(FILE, CODE)
  expect(lenses(document)[2]).toBe('4 $(warning) 3 layers · 12–78 % · 1 underused')
  expect(store.annotations(document)[2]).toMatchObject({ layerIds: ['a', 'b', 'c'], state: 'several' })
  expect(store.describe(['b', 'gone'])).toEqual([
    { id: 'b', name: 'b', kind: 'Dense', title: '50 % saturated · 64 of 128 dimensions' },
  ])
})

test('200 layers in 200 lines have a lens each, also when asked for again', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `model.add(tf.layers.dense({ units: 128, name: 'd${i}' }))`)
  const text = lines.join('\n')
  disk.set(FILE, { text, modified: 0 })
  const run = await started(lines.map((_, i) => described(`d${i}`, i + 1, 21)))
  measured(run, ...lines.map((_, i) => ({ layer: `d${i}` })))
  const document = new FakeDocument(FILE, text)
  const first = lenses(document)
  expect(first).toHaveLength(200)
  expect(lenses(document)).toEqual(first)
})

test('lenses follow their lines, and an edited definition is stale until undone', async () => {
  const run = await started()
  measured(run, { layer: 'conv', k: 64 }, { layer: 'dense', k: 64 })
  const document = new FakeDocument(FILE, CODE)
  store.annotations(document)
  store.edited(document, document.replace('const model', '// one\r\n// two\nconst model'))
  expect(store.annotations(document).map(({ line }) => line)).toEqual([4, 5])
  expect(store.lineOf('dense', document)).toBe(5)
  store.edited(document, document.replace('units: 128', 'units: 24'))
  expect(store.annotations(document).map(({ state }) => state)).toEqual(['healthy', 'stale'])
  expect(lenses(document)[1]).toBe('5 $(history) 50 % saturated · 64 of 128 dimensions · stale, edited since')
  store.edited(document, document.replace('units: 24', 'units: 128'))
  expect(store.annotations(document)[1]?.state).toBe('healthy')
  store.edited(document, document.replace('model.add(tf.layers.dense({ units: 128 }))\n', ''))
  expect(store.annotations(document).map(({ line }) => line)).toEqual([4])
  expect(store.lineOf('dense', document)).toBeNull()
})

test('the constant behind a width, also in another file, makes the layers stale until undone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'saturation-widths-'))
  const [script, widths] = [join(folder, 'train.js'), join(folder, 'widths.json')]
  const json = '{ "dense": 128 }'
  const code = CODE.replace('const model', "const widths = require('./widths.json'); const N = 128; const model")
    .replace('filters: 128', 'filters: N')
    .replace('units: 128', 'units: widths.dense')
  writeFileSync(script, code)
  writeFileSync(widths, json)
  try {
    disk.set(script, { text: code, modified: STARTED - 5000 })
    const document = new FakeDocument(script, code)
    const other = new FakeDocument(widths, json)
    open.push(document, other)
    await started([
      described('conv', 3, 21, { widthProperty: 'filters' }, script),
      described('dense', 4, 21, { widthProperty: 'units' }, script),
    ])
    expect(store.stale()).toEqual([])
    store.edited(other, other.replace('128', '64'))
    await vi.waitFor(() => expect(store.stale()).toEqual(['dense']))
    expect(lenses(document)).toEqual(['2 $(watch) warming up', '3 $(history) warming up · stale, edited since'])
    store.edited(document, document.replace('N = 128', 'N = 1'))
    await vi.waitFor(() => expect(store.stale()).toEqual(['conv', 'dense']))
    store.edited(other, other.replace('64', '128'))
    store.edited(document, document.replace('N = 1', '  N = 128'))
    await vi.waitFor(() => expect(store.stale()).toEqual([]))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a text that is replaced as a whole is compared line by line', async () => {
  await started()
  const document = new FakeDocument(FILE, CODE)
  store.annotations(document)
  const other = `'use strict'\n${CODE.replace('filters: 128', 'filters: 64')}`.replaceAll('\n', '\r\n')
  store.edited(document, document.replace(CODE, other))
  expect(store.annotations(document).map(({ line, state }) => [line, state])).toEqual([
    [3, 'stale'],
    [4, 'warming up'],
  ])
})

test('an unsaved document that is opened later is compared with the file at the start of the run', async () => {
  await started()
  const document = new FakeDocument(FILE, `// new\n${CODE.replace('units: 128', 'units: 12')}`)
  expect(store.annotations(document).map(({ line, state }) => [line, state])).toEqual([
    [3, 'warming up'],
    [4, 'stale'],
  ])
  store.closed(document)
  expect(store.annotations(new FakeDocument(FILE, CODE)).map(({ state }) => state)).toEqual([
    'warming up',
    'warming up',
  ])
})

test('a file that changed before it could be read is stale at once', async () => {
  disk.set(FILE, { text: `// new\n${CODE}`, modified: STARTED + 60_000 })
  await started()
  const document = new FakeDocument(FILE, `// new\n${CODE}`)
  expect(store.annotations(document).map(({ state }) => state)).toEqual(['stale', 'stale'])
})

test('a file that cannot be read, or has become too short, has no lenses', async () => {
  disk.delete(FILE)
  await started()
  expect(lenses(new FakeDocument(FILE, CODE))).toEqual([])
  disk.set(FILE, { text: 'x', modified: STARTED + 60_000 })
  await started()
  expect(lenses(new FakeDocument(FILE, 'x'))).toEqual([])
})

test('a site without a call is tracked as the rest of its line', async () => {
  disk.set(FILE, { text: '{{{"\nmodel.add(dense)\n', modified: 0 })
  await started([described('a', 2, 11)])
  const document = new FakeDocument(FILE, '{{{"\nmodel.add(dense)\n')
  expect(lenses(document)).toEqual(['1 $(watch) warming up'])
  store.edited(document, document.replace('dense', 'sparse'))
  expect(store.annotations(document)[0]?.state).toBe('stale')
})

test('layers of a later model event are found in the text at the start of the run', async () => {
  const run = await started([LAYERS[0] as Layer])
  const document = new FakeDocument(FILE, CODE)
  store.annotations(document)
  store.edited(document, document.replace(CODE, `// one\n${CODE}`))
  run.emit(STARTED + 3, { type: 'model', layers: LAYERS })
  await settled()
  expect(store.annotations(document).map(({ line, state }) => [line, state])).toEqual([
    [3, 'warming up'],
    [4, 'warming up'],
  ])
})

test('the lenses of the previous run stay until the layers of the next run are known', async () => {
  const before = await started()
  measured(before, { layer: 'conv', k: 64 })
  const document = new FakeDocument(FILE, CODE)
  const shown = lenses(document)
  const next = new FakeRun()
  runs.choose(next)
  expect(lenses(document)).toEqual(shown)
  expect(before.listeners.size).toBe(0)
  next.emit(STARTED + 9, { type: 'model', layers: [LAYERS[1] as Layer] })
  await vi.waitFor(() => expect(lenses(document)).toEqual(['3 $(watch) warming up']), 120_000)
  runs.choose(null)
  expect(lenses(document)).toEqual([])
})

test('after it was disposed, it listens to nothing', async () => {
  const run = await started()
  store.dispose()
  changed.mockClear()
  run.emit(STARTED + 3, { type: 'model', layers: LAYERS })
  await settled()
  runs.choose(null)
  expect(changed).not.toHaveBeenCalled()
  currentRun.dispose()
  expect([runs.listeners.size, run.listeners.size]).toEqual([0, 0])
})

test('a document that is opened through a symbolic link is the same file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'annotations-'))
  try {
    const [real, link] = [join(folder, 'train.js'), join(folder, 'link.js')]
    writeFileSync(real, CODE)
    symlinkSync(real, link)
    disk.set(real, { text: CODE, modified: 0 })
    await started([described('dense', 4, 21, {}, real)])
    expect(lenses(new FakeDocument(link, CODE))).toEqual(['3 $(watch) warming up'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
