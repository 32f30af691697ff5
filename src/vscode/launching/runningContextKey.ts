import * as vscode from 'vscode'
import type { CurrentRun } from '../currentRun.ts'
import { CONTEXT_KEYS } from '../names.ts'

/**
 * Keeps the context keys `saturation.running` and `saturation.hasRun`, so that menus offer only what can be done with
 * the shown run.
 */
export class RunningContextKey implements vscode.Disposable {
  readonly #currentRun: CurrentRun
  readonly #unsubscribe: () => void
  #running = false
  #hasRun = false

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
    if (running !== this.#running) set(CONTEXT_KEYS.running, (this.#running = running))
    if ((run !== null) !== this.#hasRun) set(CONTEXT_KEYS.hasRun, (this.#hasRun = run !== null))
  }
}

function set(key: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value)
}
