import type * as vscode from 'vscode'
import type { Runs } from '../../runner/runs.ts'

/** Counts how many more runs train than the one in view. */
export class RunCount implements vscode.Disposable {
  readonly #runs: Runs
  readonly #told: (training: number) => void
  readonly #subscriptions: (() => void)[]

  /** @param told called whenever the number may have changed */
  constructor(runs: Runs, told: (training: number) => void) {
    this.#runs = runs
    this.#told = told
    this.#subscriptions = [
      runs.onDidChangeCurrent(() => this.#count()),
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
    this.#told(others.length)
  }
}
