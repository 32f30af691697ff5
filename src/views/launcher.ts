import * as vscode from 'vscode'
import { INVITATION_VARIABLE } from '../run/protocol.ts'
import type { Launch, RunRequest } from '../session/launch.ts'
import { recordFile } from '../session/record.ts'
import type { Runs } from '../session/runs.ts'
import { untilGone } from '../session/vigil.ts'
import type { WatchedRun } from '../session/watchedRun.ts'
import { runInDebugger } from './debugger.ts'
import { mayRun } from './mayRun.ts'
import { runSettings } from './settings.ts'
import { runInTerminal, type Execution } from './terminal.ts'

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
  /** The run that was started here last. */
  #started: { run: WatchedRun; execution: Execution } | null = null
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

  /** Ends the training process; its terminal is closed when it does not listen. */
  stop(): void {
    const run = this.#runs.current
    if (!run || run.state.phase === 'ended') return
    const execution = this.#started?.run === run ? this.#started.execution : null
    if (!run.stop()) execution?.terminate()
    else setTimeout(() => run.state.phase !== 'ended' && execution?.terminate(), STOP_PATIENCE)
  }

  async #execute({ title, place, debug, ...request }: Wish): Promise<void> {
    const { run, ...launch } = await this.#runs.start({ ...request, ...runSettings() })
    this.#shown()
    try {
      const execution = debug
        ? await runInDebugger({ ...launch, env: shownEnvironment(launch.env, run) }, title, place, this.#dist)
        : await runInTerminal(launch, title, place)
      this.#started = { run, execution }
      void execution.ended.then(async (exit) => {
        // A window that closes ends its tasks, not their processes: those are the next window's.
        if (exit?.exitCode === null) await untilGone(run)
        await run.processEnded(exit)
      })
    } catch (error) {
      await run.processEnded({ exitCode: null, signal: null })
      throw error
    }
  }
}

/** The debugger's terminal shows the whole command, and the shell remembers it: the secret must not be in there. */
function shownEnvironment(env: Launch['env'], run: WatchedRun): Launch['env'] {
  return { ...env, [INVITATION_VARIABLE]: recordFile(run.folder) }
}
