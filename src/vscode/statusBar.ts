import * as vscode from 'vscode'
import type { Thresholds } from '../advice/verdict.ts'
import { Pace } from './throttle.ts'
import type { ShownRuns } from './shownRuns.ts'
import { statusText } from '../presentation/statusLine.ts'

/** Milliseconds between two changes of the text. */
const UPDATE_INTERVAL = 1000

/** The run's progress in the status bar; hidden without a run, a click shows the panel. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem
  readonly #runs: ShownRuns
  readonly #thresholds: () => Thresholds
  readonly #pace = new Pace(UPDATE_INTERVAL, () => this.#update())
  readonly #stopWatchingRuns: () => void
  #stopWatchingRun: () => void = () => {}

  constructor(runs: ShownRuns, thresholds: () => Thresholds) {
    this.#runs = runs
    this.#thresholds = thresholds
    this.#item = vscode.window.createStatusBarItem('saturation.status', vscode.StatusBarAlignment.Left, 0)
    this.#item.name = 'Saturation Inspector'
    this.#item.command = 'saturation.panel.focus'
    this.#stopWatchingRuns = runs.onDidChangeCurrent(() => this.#watchCurrent())
    this.#watchCurrent()
  }

  /** Shows the latest again, for when a setting has changed. */
  refresh(): void {
    this.#pace.request()
  }

  dispose(): void {
    this.#pace.cancel()
    this.#stopWatchingRun()
    this.#stopWatchingRuns()
    this.#item.dispose()
  }

  #watchCurrent(): void {
    this.#stopWatchingRun()
    this.#stopWatchingRun = this.#runs.current?.onEvents(() => this.#pace.request()) ?? (() => {})
    this.#pace.request()
  }

  #update(): void {
    const run = this.#runs.current?.state
    if (!run) return this.#item.hide()
    const { text, tooltip, failed } = statusText(run, this.#thresholds())
    // Every assignment crosses to the window's process, so an unchanged one is worth leaving out.
    if (this.#item.text !== text) this.#item.text = text
    if (this.#item.tooltip !== tooltip) this.#item.tooltip = tooltip
    this.#item.accessibilityInformation = { label: text.replace(/\$\(\w+\) /, 'Saturation: ') }
    this.#item.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined
    this.#item.show()
  }
}
