import * as vscode from 'vscode'
import type { ShownRuns } from '../shownRuns.ts'

/** Set while the run in view is on; for `when` clauses of menus. */
const CONTEXT_KEY = 'saturation.running'

/** Tells the menus whether there is something to stop. */
export class RunContext implements vscode.Disposable {
  readonly #runs: ShownRuns
  readonly #stopWatchingRuns: () => void
  #stopWatchingRun: () => void = () => {}
  #told = false

  constructor(runs: ShownRuns) {
    this.#runs = runs
    this.#stopWatchingRuns = runs.onDidChangeCurrent(() => this.#watchCurrent())
    this.#watchCurrent()
  }

  dispose(): void {
    this.#stopWatchingRun()
    this.#stopWatchingRuns()
  }

  #watchCurrent(): void {
    this.#stopWatchingRun()
    this.#stopWatchingRun = this.#runs.current?.onEvents(() => this.#tell()) ?? (() => {})
    this.#tell()
  }

  #tell(): void {
    const run = this.#runs.current?.state
    const running = run !== undefined && run.phase !== 'ended'
    if (running === this.#told) return
    this.#told = running
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, running)
  }
}
