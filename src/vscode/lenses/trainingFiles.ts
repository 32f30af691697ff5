import { readFileSync } from 'node:fs'
import * as vscode from 'vscode'
import { trains } from '../../source/trains.ts'
import { CONTEXT_KEYS } from '../names.ts'
import { CODE_FILES } from './documents.ts'

/** Debounce: milliseconds without typing after which a file is analysed again. */
const TYPING_PAUSE_MS = 300

/** Knows which open documents train a model, and keeps the context key `saturation.fileTrains` for the active one. */
export class TrainingFiles {
  readonly #cache = new WeakMap<vscode.TextDocument, { version: number; trains: boolean }>()
  readonly #subscriptions: vscode.Disposable[]
  #debounceTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
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

  /** Whether a document trains a model. While the document cannot be parsed, the last answer holds. */
  trains(document: vscode.TextDocument): boolean {
    if (vscode.languages.match(CODE_FILES, document) === 0) return false
    const cached = this.#cache.get(document)
    if (cached?.version === document.version) return cached.trains
    const answer = trains(document.getText(), document.fileName, readText) ?? cached?.trains ?? false
    this.#cache.set(document, { version: document.version, trains: answer })
    return answer
  }

  dispose(): void {
    clearTimeout(this.#debounceTimer)
    for (const subscription of this.#subscriptions) subscription.dispose()
  }

  #updateContextKey(): void {
    const document = vscode.window.activeTextEditor?.document
    const value = document !== undefined && this.trains(document)
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.fileTrains, value)
  }
}

/**
 * Reads synchronously, which is fast enough: only scripts that may train have their modules read, a few small files.
 */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
