import * as vscode from 'vscode'
import type { CurrentRun } from '../currentRun.ts'
import { CONTEXT_KEYS } from '../names.ts'

/** Keeps the context key `saturation.running`, so that menus offer to stop a run only while there is one to stop. */
export class RunningContextKey implements vscode.Disposable {
  readonly #currentRun: CurrentRun
  readonly #unsubscribe: () => void
  #value = false

  constructor(currentRun: CurrentRun) {
    this.#currentRun = currentRun
    this.#unsubscribe = currentRun.onDidChange(() => this.#update())
    this.#update()
  }

  dispose(): void {
    this.#unsubscribe()
  }

  #update(): void {
    const run = this.#currentRun.state
    const running = run !== null && run.phase !== 'ended'
    if (running === this.#value) return
    this.#value = running
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.running, running)
  }
}
