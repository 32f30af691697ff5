import type * as vscode from 'vscode'
import type { Runs } from '../session/runs.ts'

/** Says beside the panel's title how many more runs train than the one in view. */
export class RunCount implements vscode.Disposable {
  readonly #runs: Runs
  readonly #say: (words: string) => void
  readonly #subscriptions: (() => void)[]

  constructor(runs: Runs, say: (words: string) => void) {
    this.#runs = runs
    this.#say = say
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
    this.#say(others.length === 0 ? '' : `${others.length} more training`)
  }
}
