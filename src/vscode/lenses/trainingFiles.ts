import { readFileSync } from 'node:fs'
import * as vscode from 'vscode'
import { trains } from '../../source/trains.ts'
import { CODE_FILES } from './documents.ts'

/** Set while the active editor's file trains a model; for `when` clauses of menus. */
const CONTEXT_KEY = 'saturation.fileTrains'
/** Milliseconds without typing after which a file is looked at again. */
const PAUSE_MS = 300

/** Knows which open documents train a model, and tells the menus about the active one. */
export class TrainingFiles {
  readonly #known = new WeakMap<vscode.TextDocument, { version: number; trains: boolean }>()
  readonly #subscriptions: vscode.Disposable[]
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => this.#tellMenus()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document !== vscode.window.activeTextEditor?.document) return
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.#tellMenus(), PAUSE_MS)
      }),
    ]
    this.#tellMenus()
  }

  /** Whether a document trains a model; while it does not parse, what was known of it before. */
  trains(document: vscode.TextDocument): boolean {
    if (vscode.languages.match(CODE_FILES, document) === 0) return false
    const known = this.#known.get(document)
    if (known?.version === document.version) return known.trains
    const answer = trains(document.getText(), document.fileName, readText) ?? known?.trains ?? false
    this.#known.set(document, { version: document.version, trains: answer })
    return answer
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const subscription of this.#subscriptions) subscription.dispose()
  }

  #tellMenus(): void {
    const document = vscode.window.activeTextEditor?.document
    const value = document !== undefined && this.trains(document)
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, value)
  }
}

/** At once, since a few small files are read, and only when a file that is about training is looked at. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
