import * as vscode from 'vscode'
import type { EventBody } from '../../protocol/events.ts'
import type { Inherit } from '../../protocol/handshake.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { Task } from '../../protocol/task.ts'
import type { RunRequest } from '../../runner/launch/runRequest.ts'
import { untilGone } from '../../runner/processWatch.ts'
import type { Runs, Started } from '../../runner/runs.ts'
import { runSettings } from '../settings.ts'
import { requireTrust } from '../workspaceTrust.ts'
import { runInDebugger } from './runInDebugger.ts'
import { runInTerminal, type Execution } from './runInTerminal.ts'
import { foreignText } from '../foreignText.ts'

/** Milliseconds that a training process has to end itself before its terminal is closed. */
const STOP_TIMEOUT_MS = 5000

/** What the user asked to run. The launcher adds the settings. */
export type LaunchRequest = Pick<RunRequest, 'script' | 'ofPackage' | 'args' | 'cwd'> & {
  /** Title of the terminal or debug session. */
  title: string
  /** File or folder whose workspace folder the terminal belongs to. */
  resource: vscode.Uri
  debug?: boolean
  /** What to change in the construction of layers. */
  overrides?: Override[]
  /** What is done after the training. */
  task?: Task
  /** The run whose weights the layers begin with. */
  inherit?: Inherit
  /** An event of the session's own to begin the run with. */
  note?: EventBody | null
}

/** Starts runs in a terminal or under the debugger, and stops the current run. */
export class Launcher {
  readonly #runs: Runs
  readonly #dist: string
  readonly #onDidStart: () => void
  /** The command that was started last. */
  #last: { command: Started; execution: Execution } | null = null
  #starting = false

  /**
   * @param dist folder of our bundles
   * @param onDidStart called when a run has begun
   */
  constructor(runs: Runs, dist: string, onDidStart: () => void) {
    this.#runs = runs
    this.#dist = dist
    this.#onDidStart = onDidStart
  }

  /** Starts a run if the workspace is trusted. A failure is shown to the user. */
  async start(request: LaunchRequest): Promise<void> {
    // A double click calls this twice.
    if (this.#starting || !(await requireTrust())) return
    this.#starting = true
    try {
      await this.#execute(request)
    } catch (error) {
      const action = request.debug ? 'Debug' : 'Run'
      void vscode.window.showErrorMessage(`${action} with Saturation: ${foreignText((error as Error).message)}`)
    } finally {
      this.#starting = false
    }
  }

  /**
   * Ends the training process of the current run. If the process does not respond, its terminal is closed, unless the
   * command has further runs.
   */
  stop(): void {
    const run = this.#runs.current
    if (!run || run.state.phase === 'ended') return
    const [first, ...others] = this.#last?.command.runs() ?? []
    const execution = first === run && others.length === 0 ? this.#last?.execution : null
    if (!run.stop()) execution?.terminate()
    else setTimeout(() => run.state.phase !== 'ended' && execution?.terminate(), STOP_TIMEOUT_MS)
  }

  async #execute({
    title,
    resource,
    debug,
    overrides = [],
    task,
    inherit,
    note,
    ...request
  }: LaunchRequest): Promise<void> {
    const { options, ...settings } = runSettings()
    const command = await this.#runs.start({
      ...request,
      ...settings,
      options: { ...options, overrides, ...(task ? { task } : {}), ...(inherit ? { inherit } : {}) },
    })
    if (note) command.run.report(note)
    this.#onDidStart()
    try {
      const execution = debug
        ? await runInDebugger(command, title, resource, this.#dist)
        : await runInTerminal(command, title, resource)
      this.#last = { command, execution }
      void execution.ended.then(async (exit) => {
        // A window that closes ends its tasks but not their processes, which the next window takes over.
        if (exit?.exitCode === null) await Promise.all(command.runs().map(untilGone))
        await command.ended(exit)
      })
    } catch (error) {
      await command.ended({ exitCode: null, signal: null })
      throw error
    }
  }
}
