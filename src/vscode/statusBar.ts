import * as vscode from 'vscode'
import type { Thresholds } from '../advice/verdictKind.ts'
import { describeStatus } from '../presentation/statusLine.ts'
import type { CurrentRun } from './currentRun.ts'
import { FOCUS_PANEL, STATUS_ITEMS } from './names.ts'
import { onDidChangeSettings } from './settings.ts'
import { Throttle } from './throttle.ts'
import { foreignText } from './foreignText.ts'

/** Least time between two changes of the text, in milliseconds. */
const UPDATE_INTERVAL_MS = 1000

/** Shows the current run's status in the status bar, and nothing without a run. A click shows the panel. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem
  readonly #currentRun: CurrentRun
  readonly #thresholds: () => Thresholds
  readonly #stale: () => string[]
  readonly #throttle = new Throttle(UPDATE_INTERVAL_MS, () => this.#update())
  readonly #unsubscribe: () => void
  readonly #settingsListener = onDidChangeSettings(() => this.#throttle.request())

  /** @param stale gives the ids of the layers whose code was edited since */
  constructor(currentRun: CurrentRun, thresholds: () => Thresholds, stale: () => string[]) {
    this.#currentRun = currentRun
    this.#stale = stale
    this.#thresholds = thresholds
    this.#item = vscode.window.createStatusBarItem(STATUS_ITEMS.run, vscode.StatusBarAlignment.Left, 0)
    this.#item.name = 'Saturation Inspector'
    this.#item.command = FOCUS_PANEL
    this.#unsubscribe = currentRun.onDidChange(() => this.#throttle.request())
    this.#throttle.request()
  }

  /** Shows what has changed, at most once per interval. */
  refresh(): void {
    this.#throttle.request()
  }

  dispose(): void {
    this.#throttle.cancel()
    this.#unsubscribe()
    this.#settingsListener.dispose()
    this.#item.dispose()
  }

  #update(): void {
    const run = this.#currentRun.state
    if (!run) return this.#item.hide()
    const { icon, text, tooltip, failed } = describeStatus(run, this.#thresholds(), this.#stale().length)
    const textWithIcon = `$(${icon}) ${foreignText(text)}`
    // Every assignment is a message to the window's process, so unchanged values are not assigned.
    if (this.#item.text !== textWithIcon) this.#item.text = textWithIcon
    if (this.#item.tooltip !== tooltip) this.#item.tooltip = tooltip
    this.#item.accessibilityInformation = { label: `Saturation: ${text}` }
    this.#item.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined
    this.#item.show()
  }
}
