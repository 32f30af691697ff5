import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdict.ts'
import type { RunEvent } from '../../protocol/events.ts'
import { parseFromPage, type FromPage, type ToPage } from '../../presentation/panelMessages.ts'
import { Pace } from '../throttle.ts'
import { panelHtml } from './panelHtml.ts'
import type { ShownRuns } from '../shownRuns.ts'

/** Milliseconds between two posts of events. */
const POST_INTERVAL = 250

/** What the page can ask for. */
export interface PanelActions {
  /** Shows the line that defines the layer. */
  openLayer(id: string): void
  stop(): void
  /** Lets the person choose another run to be shown. */
  chooseRun(): void
  /** Starts the current run again, or the first one. */
  run(): void
}

/**
 * Host of the side panel. The page is disposable: it is built anew whenever the view becomes visible, gets a snapshot
 * and then the events; a hidden page gets nothing.
 */
export class Panel implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly viewId = 'saturation.panel'

  readonly #extensionUri: vscode.Uri
  readonly #runs: ShownRuns
  readonly #actions: PanelActions
  readonly #thresholds: () => Thresholds
  readonly #pace = new Pace(POST_INTERVAL, () => this.#postEvents())
  readonly #stopWatchingRuns: () => void
  #stopWatchingRun: () => void = () => {}
  #viewListeners: vscode.Disposable[] = []
  #view: vscode.WebviewView | null = null
  /** The page has said so and has not been hidden since. */
  #ready = false
  #pending: RunEvent[] = []
  #toReveal: string | null = null
  #others = 0

  constructor(extensionUri: vscode.Uri, runs: ShownRuns, actions: PanelActions, thresholds: () => Thresholds) {
    this.#extensionUri = extensionUri
    this.#runs = runs
    this.#actions = actions
    this.#thresholds = thresholds
    this.#stopWatchingRuns = runs.onDidChangeCurrent(() => this.#watchCurrent())
    this.#watchCurrent()
  }

  /** Called by VS Code when the view is first shown, and again after it was moved elsewhere. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.#forgetView()
    this.#view = view
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist')
    const { webview } = view
    webview.options = { enableScripts: true, localResourceRoots: [dist] }
    this.#viewListeners = [
      webview.onDidReceiveMessage((message) => this.#receive(message)),
      view.onDidChangeVisibility(() => this.#visibilityChanged()),
      view.onDidDispose(() => this.#forgetView()),
    ]
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css')).toString(),
    })
  }

  /** Brings the panel to the front; the keyboard stays where it is. */
  show(): void {
    if (this.#view) this.#view.show(true)
    else void vscode.commands.executeCommand(`${Panel.viewId}.focus`, { preserveFocus: true })
  }

  /** Says how many more runs train than the one in view. */
  tellOthers(training: number): void {
    this.#others = training
    if (this.#ready) this.#post({ type: 'others', training })
  }

  /** Brings the panel to the front and selects a layer in it. */
  async reveal(layer: string): Promise<void> {
    this.#toReveal = layer
    await vscode.commands.executeCommand(`${Panel.viewId}.focus`)
    this.#postReveal()
  }

  /** Sends the whole state again, for when something besides the run has changed (a setting). */
  refresh(): void {
    if (!this.#ready) return
    this.#pace.cancel()
    this.#pending = []
    this.#post({ type: 'snapshot', run: this.#runs.current?.state ?? null, thresholds: this.#thresholds() })
    this.#post({ type: 'others', training: this.#others })
    this.#postReveal()
  }

  dispose(): void {
    this.#forgetView()
    this.#stopWatchingRun()
    this.#stopWatchingRuns()
  }

  #watchCurrent(): void {
    this.#stopWatchingRun()
    this.#stopWatchingRun = this.#runs.current?.onEvents((events) => this.#hear(events)) ?? (() => {})
    this.refresh()
  }

  #hear(events: readonly RunEvent[]): void {
    if (!this.#ready) return
    this.#pending.push(...events)
    this.#pace.request()
  }

  #receive(value: unknown): void {
    const message = parseFromPage(value)
    if (message) this.#obey(message)
    else console.warn('Saturation Inspector: the panel sent a malformed message, which was ignored.')
  }

  #obey(message: FromPage): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true
        return this.refresh()
      case 'open layer':
        return this.#actions.openLayer(message.layer)
      case 'stop':
        return this.#actions.stop()
      case 'choose run':
        return this.#actions.chooseRun()
      case 'run':
        return this.#actions.run()
    }
  }

  #visibilityChanged(): void {
    // Hiding usually destroys the page, but one shown again at once may survive without saying `ready` anew.
    if (this.#view?.visible) this.#ready = true
    else this.#goQuiet()
    this.refresh()
  }

  #postEvents(): void {
    if (!this.#ready || this.#pending.length === 0) return
    this.#post({ type: 'events', events: this.#pending })
    this.#pending = []
  }

  #postReveal(): void {
    if (!this.#ready || this.#toReveal === null) return
    this.#post({ type: 'reveal', layer: this.#toReveal })
    this.#toReveal = null
  }

  #post(message: ToPage): void {
    void this.#view?.webview.postMessage(message)
  }

  #goQuiet(): void {
    this.#ready = false
    this.#pending = []
    this.#pace.cancel()
  }

  #forgetView(): void {
    this.#goQuiet()
    for (const listener of this.#viewListeners) listener.dispose()
    this.#viewListeners = []
    this.#view = null
  }
}
