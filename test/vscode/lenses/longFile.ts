import { DEFAULT_THRESHOLDS } from '../../../src/advice/verdictKind.ts'
import type { AskSource } from '../../../src/source/background/tasks.ts'
import { CurrentRun } from '../../../src/vscode/currentRun.ts'
import { AnnotationStore } from '../../../src/vscode/lenses/annotationStore.ts'
import type { OpenDocument } from '../../../src/vscode/lenses/definitions.ts'
import { measurement } from '../../presentation/layers.ts'
import { askInThisThread } from '../../source/background/askInThisThread.ts'
import { FakeRun, FakeRuns } from '../fakeRun.ts'
import { describedLayer } from './describedLayer.ts'

const FILE = '/project/train.js'

/** An open document that knows where its lines begin, as the editor's does. */
class IndexedDocument implements OpenDocument {
  readonly fileName = FILE
  #text: string
  #starts: number[] = []

  constructor(text: string) {
    this.#text = text
    this.#index()
  }

  getText(): string {
    return this.#text
  }

  positionAt(offset: number): { line: number; character: number } {
    let [low, high] = [0, this.#starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low, character: offset - this.#starts[low]! }
  }

  insert(offset: number, text: string) {
    this.#text = this.#text.slice(0, offset) + text + this.#text.slice(offset)
    this.#index()
    return [{ rangeOffset: offset, rangeLength: 0, text }]
  }

  #index(): void {
    this.#starts = [0]
    for (let at = this.#text.indexOf('\n'); at >= 0; at = this.#text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }
}

/** A long file of a run whose layers are measured, open in an editor. */
export interface LongFile {
  /** Finds the lenses of the file, and returns how many there are. */
  lenses(): number
  /** Types a character at the top of the file. */
  type(): void
  /** How often a source file was read or searched so far. */
  asked(): number
  dispose(): void
}

/** Opens a file of so many lines, of which some, evenly spread, construct a layer each. */
export async function openLongFile(lines: number, layers: number): Promise<LongFile> {
  const every = Math.floor(lines / layers)
  const code = Array.from({ length: lines }, (_, i) =>
    i % every === 0 && i / every < layers
      ? `model.add(tf.layers.dense({ units: 128, name: 'd${i / every}' }))`
      : `const value${i} = Math.max(${i}, ${i + 1}) // a line of another kind`,
  ).join('\n')
  const runs = new FakeRuns()
  const currentRun = new CurrentRun(runs)
  const document = new IndexedDocument(code)
  let asked = 0
  const ask: AskSource = (name, ...args) => {
    asked++
    return askInThisThread(name, ...args)
  }
  const files = { read: () => Promise.resolve({ text: code, modified: 0 }), open: () => [document] }
  let readAt: () => void = () => {}
  const read = new Promise<void>((resolve) => (readAt = resolve))
  const store = new AnnotationStore(
    currentRun,
    () => DEFAULT_THRESHOLDS,
    files,
    ask,
    () => readAt(),
  )
  const run = new FakeRun()
  run.emit(1e6, { type: 'run started', protocol: 1, script: FILE, args: [], cwd: '/project' })
  runs.choose(run)
  run.emit(1e6 + 1, {
    type: 'model',
    layers: Array.from({ length: layers }, (_, i) =>
      describedLayer({ id: `d${i}`, name: `d${i}`, site: { file: FILE, line: i * every + 1, column: 21 } }),
    ),
  })
  await read
  await new Promise((resolve) => setImmediate(resolve))
  for (const epoch of [0, 1, 2])
    run.emit(1e6 + 2, {
      type: 'saturation',
      ...{ step: epoch + 1, epoch, endOfEpoch: true },
      layers: Array.from({ length: layers }, (_, i) => measurement({ layer: `d${i}`, k: 10 + (i % 100) })),
    })
  return {
    lenses: () => store.annotations(document).length,
    type: () => store.edited(document, document.insert(0, '/')),
    asked: () => asked,
    dispose: () => {
      store.dispose()
      currentRun.dispose()
    },
  }
}
