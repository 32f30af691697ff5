import * as vscode from 'vscode'
import type { AskSource } from '../../source/background/tasks.ts'
import { CONTEXT_KEYS } from '../names.ts'
import { CODE_FILES } from './documents.ts'

/** Debounce: milliseconds without typing after which a file is analysed again. */
const TYPING_PAUSE_MS = 300

/** Milliseconds after which an analysis without an answer counts as given up. */
const SLOW_MS = 3000
/** Milliseconds until a document is analysed again after an analysis that was given up. */
const RETRY_MS = 30_000

/** What is known of a document. */
interface Answer {
  /** The document's version that was analysed last, or is being analysed. */
  version: number
  trains: boolean
  pending: boolean
  /** Time of the monotonic clock before which the document is not analysed again. */
  notBefore: number
}

/** Knows which open documents train a model, and keeps the context key `saturation.fileTrains` for the active one. */
export class TrainingFiles {
  readonly #ask: AskSource
  readonly #onDidChange: () => void
  readonly #answers = new WeakMap<vscode.TextDocument, Answer>()
  readonly #subscriptions: vscode.Disposable[]
  #debounceTimer: ReturnType<typeof setTimeout> | undefined

  /** @param onDidChange called when a document begins or ceases to train */
  constructor(ask: AskSource, onDidChange: () => void) {
    this.#ask = ask
    this.#onDidChange = onDidChange
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => this.#updateContextKey()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document !== vscode.window.activeTextEditor?.document) return
        clearTimeout(this.#debounceTimer)
        this.#debounceTimer = setTimeout(() => this.#updateContextKey(), TYPING_PAUSE_MS)
      }),
    ]
    this.#updateContextKey()
  }

  /**
   * Whether a document trains a model, as far as that is known now; a changed document is analysed in the background.
   * While it cannot be parsed, the last answer holds.
   */
  trains(document: vscode.TextDocument): boolean {
    if (vscode.languages.match(CODE_FILES, document) === 0) return false
    let answer = this.#answers.get(document)
    if (!answer) this.#answers.set(document, (answer = { version: -1, trains: false, pending: false, notBefore: 0 }))
    if (answer.version !== document.version) void this.#analyse(document, answer)
    return answer.trains
  }

  dispose(): void {
    clearTimeout(this.#debounceTimer)
    for (const subscription of this.#subscriptions) subscription.dispose()
  }

  async #analyse(document: vscode.TextDocument, answer: Answer): Promise<void> {
    if (answer.pending || performance.now() < answer.notBefore) return
    answer.pending = true
    answer.version = document.version
    const began = performance.now()
    const before = answer.trains
    const found = await this.#ask('trains', document.getText(), document.fileName)
    answer.pending = false
    if (found === null && performance.now() - began > SLOW_MS) answer.notBefore = performance.now() + RETRY_MS
    answer.trains = found ?? before
    if (answer.trains !== before || answer.version !== document.version) this.#onDidChange()
    this.#updateContextKey()
  }

  #updateContextKey(): void {
    const document = vscode.window.activeTextEditor?.document
    const value = document !== undefined && this.trains(document)
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.fileTrains, value)
  }
}
