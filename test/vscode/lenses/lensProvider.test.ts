import type { CodeLens, TextDocument, TextEditor } from 'vscode'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Lenses } from '../../../src/vscode/lenses/lensProvider.ts'

/** The part of VS Code that the provider talks to. */
const window = vi.hoisted(() => {
  const listeners = new Set<(editors: readonly unknown[]) => void>()
  return {
    visibleTextEditors: [] as unknown[],
    onDidChangeVisibleTextEditors: (listener: (editors: readonly unknown[]) => void) => {
      listeners.add(listener)
      return { dispose: () => listeners.delete(listener) }
    },
    show(...editors: unknown[]) {
      this.visibleTextEditors = editors
      for (const listener of listeners) listener(editors)
    },
  }
})

vi.mock('vscode', () => ({
  window,
  EventEmitter: class {
    readonly #listeners = new Set<() => void>()
    readonly event = (listener: () => void) => {
      this.#listeners.add(listener)
      return { dispose: () => this.#listeners.delete(listener) }
    }
    fire = () => this.#listeners.forEach((listener) => listener())
    dispose = () => this.#listeners.clear()
  },
  Range: class {},
  CodeLens: class {
    readonly command: unknown
    constructor(_range: unknown, command: unknown) {
      this.command = command
    }
  },
}))

/**
 * An editor that asks for lenses as VS Code's `CodeLensContribution` does: after a delay that every announcement and edit
 * restarts. It drops the request when it loses the focus.
 */
class Editor {
  readonly document: TextDocument
  /** The lens that the user sees. */
  drawn = ''
  /** Whether the next answer is thrown away. */
  losesAnswer = false
  readonly #lenses: Lenses
  readonly #delay: number
  #timer: NodeJS.Timeout | undefined

  constructor(lenses: Lenses, delay: number, document = {} as TextDocument) {
    this.document = document
    this.#lenses = lenses
    this.#delay = delay
    lenses.onDidChangeCodeLenses(() => this.schedule())
  }

  schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(), this.#delay)
  }

  blur(): void {
    clearTimeout(this.#timer)
  }

  #ask(): void {
    const answer = this.#lenses.provideCodeLenses(this.document)
    if (!this.losesAnswer) this.drawn = answer.map((lens: CodeLens) => lens.command?.title).join()
    this.losesAnswer = false
  }
}

const titles = new Map<TextDocument, string>()
let lenses: Lenses
let announced: number

beforeEach(() => {
  vi.useFakeTimers()
  window.show()
  titles.clear()
  lenses = new Lenses((document) => {
    const title = titles.get(document)
    return title ? [{ line: 0, command: { title, command: '' } }] : []
  })
  announced = 0
  lenses.onDidChangeCodeLenses(() => announced++)
})

afterEach(() => {
  lenses.dispose()
  vi.useRealTimers()
})

function open(delay = 400): Editor {
  const editor = new Editor(lenses, delay)
  window.show(...(window.visibleTextEditors as TextEditor[]), editor)
  return editor
}

/** Gives the document's lens a new title, as an event of a run does. */
function change(editor: Editor, title: string): void {
  titles.set(editor.document, title)
  lenses.refresh()
}

test('a change is shown as soon as VS Code has asked', () => {
  const editor = open()
  change(editor, 'epoch 1')
  vi.advanceTimersByTime(400)
  expect(editor.drawn).toBe('epoch 1')
  change(editor, 'epoch 2')
  vi.advanceTimersByTime(1400)
  expect(editor.drawn).toBe('epoch 2')
})

test('the last change is shown though VS Code dropped the request and nothing changes any more', () => {
  const editor = open()
  change(editor, 'training')
  vi.advanceTimersByTime(200)
  // A click into the terminal.
  editor.blur()
  vi.advanceTimersByTime(3000)
  change(editor, 'finished')
  vi.advanceTimersByTime(60_000)
  expect(editor.drawn).toBe('finished')
})

test('a request that is dropped again and again is made again and again', () => {
  const editor = open()
  change(editor, 'finished')
  for (let i = 0; i < 4; i++) {
    const before = announced
    for (let waited = 0; announced === before && waited < 200_000; waited += 100) vi.advanceTimersByTime(100)
    expect(announced).toBe(before + 1)
    editor.blur()
  }
  vi.advanceTimersByTime(200_000)
  expect(editor.drawn).toBe('finished')
})

test('the last change is shown though VS Code threw the answer away', () => {
  const editor = open()
  editor.losesAnswer = true
  change(editor, 'finished')
  vi.advanceTimersByTime(60_000)
  expect(editor.drawn).toBe('finished')
})

test('lenses of an editor that is shown again are asked for, though the editor has lost the focus', () => {
  const editor = open()
  change(editor, 'finished')
  vi.advanceTimersByTime(60_000)
  window.show()
  vi.advanceTimersByTime(60_000)
  // Until then VS Code shows cached lenses, which ignore clicks.
  editor.drawn = ''
  window.show(editor)
  editor.schedule()
  editor.blur()
  vi.advanceTimersByTime(60_000)
  expect(editor.drawn).toBe('finished')
})

test('lenses are asked for after an edit, though the editor has lost the focus', () => {
  const editor = open()
  change(editor, 'healthy')
  vi.advanceTimersByTime(60_000)
  titles.set(editor.document, 'stale')
  editor.schedule()
  lenses.checkSoon()
  editor.blur()
  vi.advanceTimersByTime(60_000)
  expect(editor.drawn).toBe('stale')
})

test('VS Code is made to ask for the lenses of an editor that is open from the start', () => {
  const editor = open()
  titles.set(editor.document, 'Run')
  lenses.dispose()
  lenses = new Lenses(() => [{ line: 0, command: { title: 'Run', command: '' } }])
  const asked = vi.fn(() => lenses.provideCodeLenses(editor.document))
  lenses.onDidChangeCodeLenses(asked)
  vi.advanceTimersByTime(60_000)
  expect(asked).toHaveBeenCalled()
})

test.each([2000, 15_000, 62_500])(
  'VS Code can ask during a run though every announcement restarts its delay of %i ms',
  (delay) => {
    const editor = open(delay)
    const seen = new Set<string>()
    for (let second = 0; second < 600; second++) {
      change(editor, `step ${second}`)
      vi.advanceTimersByTime(1000)
      seen.add(editor.drawn)
    }
    expect(seen.size).toBeGreaterThan(3)
  },
)

test('a document with a long delay is asked for though another changes all the time', () => {
  const [live, slow] = [open(), open(5000)]
  titles.set(slow.document, 'Run')
  for (let second = 0; second < 60; second++) {
    change(live, `step ${second}`)
    vi.advanceTimersByTime(1000)
  }
  expect(slow.drawn).toBe('Run')
  expect(live.drawn).toBe('step 59')
})

test('a document that VS Code never asks for does not hold up the others', () => {
  const [live, silent] = [open(), open(Infinity)]
  vi.spyOn(silent, 'schedule').mockImplementation(() => {})
  titles.set(silent.document, 'Run')
  const seen = new Set<string>()
  for (let second = 0; second < 60; second++) {
    change(live, `step ${second}`)
    vi.advanceTimersByTime(1000)
    seen.add(live.drawn)
  }
  expect(seen.size).toBeGreaterThan(20)
})

test('announcements end when nothing changes, and there are none without lenses', () => {
  const editor = open()
  vi.advanceTimersByTime(60_000)
  editor.schedule()
  vi.advanceTimersByTime(60_000)
  expect(announced).toBe(0)
  change(editor, 'finished')
  vi.advanceTimersByTime(60_000)
  const settled = announced
  expect(settled).toBeLessThanOrEqual(3)
  for (let i = 0; i < 100; i++) {
    lenses.refresh()
    vi.advanceTimersByTime(60_000)
  }
  expect(announced).toBe(settled)
})

test('after disposal nothing is announced', () => {
  const editor = open()
  change(editor, 'training')
  lenses.refresh()
  lenses.dispose()
  editor.blur()
  expect(vi.getTimerCount()).toBe(0)
})
