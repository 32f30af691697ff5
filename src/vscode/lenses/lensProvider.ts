import * as vscode from 'vscode'
import { Pace } from '../throttle.ts'
import { lensesEnabled } from './documents.ts'

/** Least time between two refreshes, in milliseconds: a title that changes faster cannot be read. */
const REFRESH_MS = 1000
/** Milliseconds to wait for VS Code to ask for the lenses again before it is told a second time. */
const PATIENCE_MS = 10_000

/** What is to be written above a line, and what a click does; an empty command makes it plain text. */
export interface Lens {
  /** Counted from 0. */
  line: number
  command: vscode.Command
}

/**
 * All lenses of the product. One provider and one change event for both kinds: VS Code puts off asking when it is told
 * of a change, for as long as its providers have been slow; told every second on a busy machine, it would never ask.
 */
export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCodeLenses = this.#changed.event
  readonly #of: (document: vscode.TextDocument) => Lens[]
  /** What was last shown, by document. */
  readonly #shown = new Map<vscode.TextDocument, string>()
  readonly #refresh = new Pace(REFRESH_MS, () => this.#tellIfChanged())
  #toldAt = -Infinity

  constructor(of: (document: vscode.TextDocument) => Lens[]) {
    this.#of = of
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const lenses = this.#lenses(document)
    this.#shown.set(document, rendered(lenses))
    this.#toldAt = -Infinity
    // More may have changed while VS Code took its time.
    this.refresh()
    return lenses.map(({ line, command }) => new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command))
  }

  /** Has the lenses asked for again, soon, if any would read differently. */
  refresh(): void {
    this.#refresh.request()
  }

  /** Forgets a closed document. */
  closed(document: vscode.TextDocument): void {
    this.#shown.delete(document)
  }

  dispose(): void {
    this.#refresh.cancel()
    this.#changed.dispose()
  }

  #lenses(document: vscode.TextDocument): Lens[] {
    return lensesEnabled(document) ? this.#of(document) : []
  }

  #tellIfChanged(): void {
    if (Date.now() - this.#toldAt < PATIENCE_MS) return
    // What is visible, and not what was asked for: a document that changes its language is closed and opened again, and
    // VS Code need not ask anew.
    const differs = vscode.window.visibleTextEditors.some(
      ({ document }) => rendered(this.#lenses(document)) !== (this.#shown.get(document) ?? ''),
    )
    if (!differs) return
    this.#toldAt = Date.now()
    this.#changed.fire()
  }
}

function rendered(lenses: readonly Lens[]): string {
  return lenses.map(({ line, command }) => `${line} ${command.title}`).join('\n')
}
