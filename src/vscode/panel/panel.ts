import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdictKind.ts'
import type { ActionId } from '../../presentation/actions/layerActions.ts'
import { parseFromPage, type EditorState, type FromPage, type ToPage } from '../../presentation/panelMessages.ts'
import type { RunEvent } from '../../protocol/events.ts'
import type { CurrentRun, CurrentRunChange } from '../currentRun.ts'
import { FOCUS_PANEL } from '../names.ts'
import { Throttle } from '../throttle.ts'
import { onDidChangeSettings } from '../settings.ts'
import { panelHtml } from './panelHtml.ts'

/** Least time between two messages with events, in milliseconds. */
const POST_INTERVAL_MS = 250

/** What the page can ask for. */
export interface PanelActions {
  /** Opens the line that defines the layer. */
  openLayer(id: string): void
  stop(): void
  /** Lets the user choose another run to show. */
  chooseRun(): void
  /** Repeats the current run; without one, runs the file in front. */
  run(): void
  /** Does what the page offers. */
  act(action: ActionId, layers: string[], width: number | null): void
}

/**
 * Extension side of the panel. VS Code creates the page anew whenever the view becomes visible; the page then gets a
 * snapshot of the current run, and the events after it. A hidden page gets no messages.
 */
export class Panel implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri
  readonly #currentRun: CurrentRun
  readonly #thresholds: () => Thresholds
  readonly #actions: PanelActions
  readonly #postThrottle = new Throttle(POST_INTERVAL_MS, () => this.#postEvents())
  readonly #unsubscribe: () => void
  /** The thresholds are settings, and they are part of the snapshot. */
  readonly #settingsListener = onDidChangeSettings(() => this.#postSnapshot())
  #viewListeners: vscode.Disposable[] = []
  #view: vscode.WebviewView | null = null
  /** Whether the page has sent `ready` and has not been hidden since. */
  #ready = false
  #unpostedEvents: RunEvent[] = []
  /** Layer to select as soon as the page is ready. */
  #layerToReveal: string | null = null
  #otherRuns = 0
  #editor: EditorState | null = null

  constructor(extensionUri: vscode.Uri, currentRun: CurrentRun, thresholds: () => Thresholds, actions: PanelActions) {
    this.#extensionUri = extensionUri
    this.#currentRun = currentRun
    this.#thresholds = thresholds
    this.#actions = actions
    this.#unsubscribe = currentRun.onDidChange((change) => this.#handleChange(change))
  }

  /** VS Code calls this when the view is first shown, and again after the user moved it elsewhere. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.#releaseView()
    this.#view = view
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist')
    const { webview } = view
    webview.options = { enableScripts: true, localResourceRoots: [dist] }
    this.#viewListeners = [
      webview.onDidReceiveMessage((message) => this.#receive(message)),
      view.onDidChangeVisibility(() => this.#handleVisibilityChange()),
      view.onDidDispose(() => this.#releaseView()),
    ]
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css')).toString(),
    })
  }

  /** Brings the panel to the front without moving the keyboard focus. */
  show(): void {
    if (this.#view) this.#view.show(true)
    else void vscode.commands.executeCommand(FOCUS_PANEL, { preserveFocus: true })
  }

  /** Shows how many runs train besides the current one. */
  showOtherRuns(training: number): void {
    this.#otherRuns = training
    if (this.#ready) this.#post({ type: 'others', training })
  }

  /** Shows what the editor knows beside the run. */
  showEditor(editor: EditorState): void {
    if (JSON.stringify(editor) === JSON.stringify(this.#editor)) return
    this.#editor = editor
    if (this.#ready) this.#post({ type: 'editor', editor })
  }

  /** Brings the panel to the front and selects a layer in it. */
  async reveal(layer: string): Promise<void> {
    this.#layerToReveal = layer
    await vscode.commands.executeCommand(FOCUS_PANEL)
    this.#postReveal()
  }

  dispose(): void {
    this.#releaseView()
    this.#unsubscribe()
    this.#settingsListener.dispose()
  }

  #handleChange(change: CurrentRunChange): void {
    if (change.type === 'switched') return this.#postSnapshot()
    if (!this.#ready) return
    this.#unpostedEvents.push(...change.events)
    this.#postThrottle.request()
  }

  #receive(value: unknown): void {
    const message = parseFromPage(value)
    if (message) this.#handleMessage(message)
    else console.warn('Saturation Inspector: the panel sent a malformed message, which was ignored.')
  }

  #handleMessage(message: FromPage): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true
        return this.#postSnapshot()
      case 'open layer':
        return this.#actions.openLayer(message.layer)
      case 'stop':
        return this.#actions.stop()
      case 'choose run':
        return this.#actions.chooseRun()
      case 'run':
        return this.#actions.run()
      case 'act':
        return this.#actions.act(message.action, message.layers, message.width)
    }
  }

  #handleVisibilityChange(): void {
    // Hiding usually destroys the page, but one that is shown again at once may survive and not send `ready` again.
    if (this.#view?.visible) this.#ready = true
    else this.#stopPosting()
    this.#postSnapshot()
  }

  /** Posts the whole state, which replaces what the page shows. */
  #postSnapshot(): void {
    if (!this.#ready) return
    this.#postThrottle.cancel()
    this.#unpostedEvents = []
    this.#post({ type: 'snapshot', run: this.#currentRun.state, thresholds: this.#thresholds() })
    this.#post({ type: 'others', training: this.#otherRuns })
    if (this.#editor) this.#post({ type: 'editor', editor: this.#editor })
    this.#postReveal()
  }

  #postEvents(): void {
    if (!this.#ready || this.#unpostedEvents.length === 0) return
    this.#post({ type: 'events', events: this.#unpostedEvents })
    this.#unpostedEvents = []
  }

  #postReveal(): void {
    if (!this.#ready || this.#layerToReveal === null) return
    this.#post({ type: 'reveal', layer: this.#layerToReveal })
    this.#layerToReveal = null
  }

  #post(message: ToPage): void {
    void this.#view?.webview.postMessage(message)
  }

  #stopPosting(): void {
    this.#ready = false
    this.#unpostedEvents = []
    this.#postThrottle.cancel()
  }

  #releaseView(): void {
    this.#stopPosting()
    for (const listener of this.#viewListeners) listener.dispose()
    this.#viewListeners = []
    this.#view = null
  }
}
