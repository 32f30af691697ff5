import type * as vscode from 'vscode'
import type { Runs } from '../../runner/runs.ts'
import type { CurrentRun } from '../currentRun.ts'

/** Counts the runs that train besides the current one. */
export class OtherRunsCounter implements vscode.Disposable {
  readonly #runs: Runs
  readonly #onDidCount: (training: number) => void
  readonly #subscriptions: (() => void)[]

  /** @param onDidCount called whenever the number may have changed */
  constructor(runs: Runs, currentRun: CurrentRun, onDidCount: (training: number) => void) {
    this.#runs = runs
    this.#onDidCount = onDidCount
    this.#subscriptions = [
      currentRun.onDidChange(({ type }) => type === 'switched' && this.#count()),
      runs.onDidBegin((run) => {
        this.#count()
        run.onEvents((events) => events.some(({ type }) => type === 'run ended') && this.#count())
      }),
    ]
  }

  dispose(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe()
  }

  #count(): void {
    const others = this.#runs.all.filter((run) => run !== this.#runs.current && run.state.phase !== 'ended')
    this.#onDidCount(others.length)
  }
}
