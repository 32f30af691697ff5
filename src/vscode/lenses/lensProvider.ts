import * as vscode from 'vscode'
import { Throttle } from '../throttle.ts'
import { LensDelivery } from './lensDelivery.ts'

/** Least time between two refreshes, in milliseconds: a title that changes faster cannot be read. */
const REFRESH_MS = 1000
/** Milliseconds to wait where VS Code asks for the lenses without an announcement: after an edit, in an editor just shown. */
const OWN_REQUEST_MS = 2000

/** The text above a line, and what a click does. An empty command makes it plain text. */
export interface Lens {
  /** Counted from 0. */
  line: number
  command: vscode.Command
}

/**
 * Provides all lenses of the extension. All kinds share one provider and one change event: every announcement of a change
 * restarts the delay after which VS Code asks, and this delay grows when providers are slow. If each kind announced its
 * own changes, VS Code might never ask.
 */
export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCodeLenses = this.#changed.event
  readonly #of: (document: vscode.TextDocument) => Lens[]
  readonly #deliveries = new Map<vscode.TextDocument, LensDelivery>()
  readonly #throttle = new Throttle(REFRESH_MS, () => this.#announceChanges())
  readonly #subscription: vscode.Disposable
  #visible = new Set(vscode.window.visibleTextEditors)
  #timer: NodeJS.Timeout | undefined
  #timerAt = Infinity

  constructor(of: (document: vscode.TextDocument) => Lens[]) {
    this.#of = of
    this.#subscription = vscode.window.onDidChangeVisibleTextEditors((editors) => this.#editorsShown(editors))
    this.checkSoon()
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const lenses = this.#of(document)
    this.#delivery(document).answered(rendered(lenses), performance.now())
    // More may have changed since the announcement.
    this.refresh()
    return lenses.map(({ line, command }) => new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command))
  }

  /** Announces a change if any visible lens would read differently, at most once per interval. */
  refresh(): void {
    this.#throttle.request()
  }

  /** Does the same later, so that VS Code can ask without an announcement. */
  checkSoon(): void {
    this.#checkAt(performance.now() + OWN_REQUEST_MS)
  }

  /** Forgets a closed document. */
  closed(document: vscode.TextDocument): void {
    this.#deliveries.delete(document)
  }

  dispose(): void {
    this.#subscription.dispose()
    this.#throttle.cancel()
    clearTimeout(this.#timer)
    this.#changed.dispose()
  }

  #delivery(document: vscode.TextDocument): LensDelivery {
    let delivery = this.#deliveries.get(document)
    if (!delivery) this.#deliveries.set(document, (delivery = new LensDelivery()))
    return delivery
  }

  /** Forgets the answers for newly shown editors: they show cached lenses, which ignore clicks, until VS Code asks again. */
  #editorsShown(editors: readonly vscode.TextEditor[]): void {
    for (const editor of editors) if (!this.#visible.has(editor)) this.#deliveries.delete(editor.document)
    this.#visible = new Set(editors)
    this.checkSoon()
  }

  #announceChanges(): void {
    const now = performance.now()
    // The visible documents, not those that VS Code asked for: when a document changes its language, it is closed and
    // opened again, and VS Code does not always ask for it again.
    const documents = new Set(vscode.window.visibleTextEditors.map(({ document }) => document))
    const current = [...documents].map((document) => {
      return { delivery: this.#delivery(document), text: rendered(this.#of(document)) }
    })
    const due = current.filter(({ delivery, text }) => delivery.dueAt(text) <= now)
    const heldUntil = Math.max(...current.map(({ delivery }) => delivery.holdsUntil))
    if (due.length > 0 && heldUntil <= now) {
      for (const { delivery } of due) delivery.announced(now)
      this.#changed.fire()
    }
    const next = Math.min(...current.map(({ delivery, text }) => delivery.dueAt(text)))
    if (next < Infinity) this.#checkAt(Math.max(next, heldUntil))
  }

  #checkAt(time: number): void {
    if (time >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = time
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Infinity
        this.refresh()
      },
      Math.ceil(time - performance.now()),
    )
  }
}

function rendered(lenses: readonly Lens[]): string {
  return lenses.map(({ line, command }) => `${line} ${command.title}`).join('\n')
}
