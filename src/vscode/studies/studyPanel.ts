import { readFileSync, statSync } from 'node:fs'
import * as vscode from 'vscode'

/** Milliseconds between two looks whether the page was written anew. */
const LOOK_INTERVAL_MS = 1000

/** Shows the page of a study beside the editor, from its first trial on. The page has no scripts, and gets none. */
export class StudyPanel {
  readonly #title: string
  readonly #page: string
  readonly #begun = Date.now()
  readonly #timer: NodeJS.Timeout
  #panel: vscode.WebviewPanel | null = null
  #shown = 0
  #isClosed = false

  /** @param page path of the page, which does not have to exist yet */
  constructor(title: string, page: string) {
    this.#title = title
    this.#page = page
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS)
  }

  /** The study has ended: the page is not written any more. The panel stays. */
  ended(): void {
    clearInterval(this.#timer)
    this.#look()
  }

  #look(): void {
    const written = statSync(this.#page, { throwIfNoEntry: false })?.mtimeMs ?? 0
    // An earlier study has left another page.
    if (this.#isClosed || written < this.#begun || written === this.#shown) return
    this.#shown = written
    this.#opened().webview.html = readFileSync(this.#page, 'utf8')
  }

  #opened(): vscode.WebviewPanel {
    if (this.#panel) return this.#panel
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }
    this.#panel = vscode.window.createWebviewPanel('saturation.study', this.#title, where, { enableScripts: false })
    this.#panel.onDidDispose(() => (this.#isClosed = true))
    return this.#panel
  }
}
