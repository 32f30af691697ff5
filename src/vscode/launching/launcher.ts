import * as vscode from 'vscode'
import type { RunRequest } from '../../runner/launch/launch.ts'
import type { Runs, Started } from '../../runner/runs.ts'
import { untilGone } from '../../runner/processWatch.ts'
import { runInDebugger } from './debugLauncher.ts'
import { mayRun } from '../workspaceTrust.ts'
import { runSettings } from '../settings.ts'
import { runInTerminal, type Execution } from './taskTerminal.ts'

/** Milliseconds a training process gets to end itself before its terminal is closed. */
const STOP_PATIENCE = 5000

/** What a person asked for; the settings are added. */
export type Wish = Pick<RunRequest, 'script' | 'ofPackage' | 'args' | 'cwd'> & {
  /** Of the terminal. */
  title: string
  /** Where it belongs: file or folder of the workspace. */
  place: vscode.Uri
  debug?: boolean
}

/** Starts runs in a terminal or under the debugger, and stops the current one. */
export class Launcher {
  readonly #runs: Runs
  readonly #dist: string
  readonly #shown: () => void
  /** What was started here last. */
  #started: { command: Started; execution: Execution } | null = null
  #starting = false

  /**
   * @param dist folder of our bundles
   * @param shown called when a run has started, to bring the panel to front
   */
  constructor(runs: Runs, dist: string, shown: () => void) {
    this.#runs = runs
    this.#dist = dist
    this.#shown = shown
  }

  /** Starts a run where the workspace is trusted; every failure is told to the user. */
  async start(wish: Wish): Promise<void> {
    // The second click of a double click.
    if (this.#starting || !(await mayRun())) return
    this.#starting = true
    try {
      await this.#execute(wish)
    } catch (error) {
      const what = wish.debug ? 'Debug' : 'Run'
      void vscode.window.showErrorMessage(`${what} with Saturation: ${(error as Error).message}`)
    } finally {
      this.#starting = false
    }
  }

  /** Ends the training process in view; its terminal is closed when it does not listen and is the only one. */
  stop(): void {
    const run = this.#runs.current
    if (!run || run.state.phase === 'ended') return
    const [first, ...others] = this.#started?.command.runs() ?? []
    const execution = first === run && others.length === 0 ? this.#started?.execution : null
    if (!run.stop()) execution?.terminate()
    else setTimeout(() => run.state.phase !== 'ended' && execution?.terminate(), STOP_PATIENCE)
  }

  async #execute({ title, place, debug, ...request }: Wish): Promise<void> {
    const command = await this.#runs.start({ ...request, ...runSettings() })
    this.#shown()
    try {
      const execution = debug
        ? await runInDebugger(command, title, place, this.#dist)
        : await runInTerminal(command, title, place)
      this.#started = { command, execution }
      void execution.ended.then(async (exit) => {
        // A window that closes ends its tasks, not their processes: those are the next window's.
        if (exit?.exitCode === null) await Promise.all(command.runs().map(untilGone))
        await command.ended(exit)
      })
    } catch (error) {
      await command.ended({ exitCode: null, signal: null })
      throw error
    }
  }
}
