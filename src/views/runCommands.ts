import path from 'node:path'
import parseArgv from 'string-argv'
import * as vscode from 'vscode'
import type { Runs } from '../session/runs.ts'
import { untilGone } from '../session/vigil.ts'
import type { WatchedRun } from '../session/watchedRun.ts'
import { mayRun } from './mayRun.ts'
import { runSettings } from './settings.ts'
import { runInTerminal, type TerminalRun } from './terminal.ts'

/** Milliseconds a training process gets to end itself before its terminal is closed. */
const STOP_PATIENCE = 5000

/** The commands that start and stop a run. */
export class RunCommands {
  readonly #runs: Runs
  readonly #memory: vscode.Memento
  readonly #shown: () => void
  readonly #trains: (document: vscode.TextDocument) => boolean
  /** The run that was started here last, and its terminal. */
  #started: { run: WatchedRun; terminal: TerminalRun } | null = null
  #starting = false

  /**
   * @param memory keeps each script's arguments.
   * @param shown called when a run has started, to bring the panel to front.
   * @param trains whether a document is a script that trains.
   */
  constructor(
    runs: Runs,
    memory: vscode.Memento,
    shown: () => void,
    trains: (document: vscode.TextDocument) => boolean,
  ) {
    this.#runs = runs
    this.#memory = memory
    this.#shown = shown
    this.#trains = trains
  }

  /** Runs a script with the arguments it was last given; every failure is told to the user. */
  async run(uri?: vscode.Uri): Promise<void> {
    const script = uri ?? this.#scriptInQuestion()
    if (!script) {
      void vscode.window.showInformationMessage('Open the script that trains your model, then run it with Saturation.')
      return
    }
    // The second click of a double click.
    if (this.#starting || !(await mayRun())) return
    this.#starting = true
    try {
      await vscode.workspace.textDocuments.find((document) => document.uri.toString() === script.toString())?.save()
      await this.#start(script, parseArgv(this.#argumentsOf(script)))
    } catch (error) {
      void vscode.window.showErrorMessage(`Run with Saturation: ${(error as Error).message}`)
    } finally {
      this.#starting = false
    }
  }

  /** Runs the script of the run in view once more, whatever is in front; the first run is that of the file in front. */
  async runAgain(): Promise<void> {
    const last = this.#runs.current?.state.script
    await this.run(last ? vscode.Uri.file(last) : undefined)
  }

  /** Asks for the script's arguments, remembers them, and runs it. */
  async runWithArguments(uri?: vscode.Uri): Promise<void> {
    const script = uri ?? this.#scriptInQuestion()
    if (!script) return this.run()
    const line = await vscode.window.showInputBox({
      title: `Run ${path.basename(script.fsPath)} with Saturation`,
      prompt: 'Arguments of the script, as in a shell. They are remembered.',
      value: this.#argumentsOf(script),
    })
    if (line === undefined) return
    await this.#memory.update(memoryKey(script), line)
    await this.run(script)
  }

  /** Ends the training process; its terminal is closed when it does not listen. */
  stop(): void {
    const run = this.#runs.current
    if (!run || run.state.phase === 'ended') return
    const terminal = this.#started?.run === run ? this.#started.terminal : null
    if (!run.stop()) terminal?.terminate()
    else setTimeout(() => run.state.phase !== 'ended' && terminal?.terminate(), STOP_PATIENCE)
  }

  async #start(script: vscode.Uri, args: string[]): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(script)
    const cwd = folder?.uri.fsPath ?? path.dirname(script.fsPath)
    const { run, ...launch } = await this.#runs.start({ script: script.fsPath, args, cwd, ...runSettings() })
    this.#shown()
    try {
      const terminal = await runInTerminal(launch, path.basename(script.fsPath), script)
      this.#started = { run, terminal }
      void terminal.ended.then(async (exit) => {
        // A window that closes ends its tasks, not their processes: those are the next window's.
        if (exit.exitCode === null) await untilGone(run)
        await run.processEnded(exit)
      })
    } catch (error) {
      await run.processEnded({ exitCode: null, signal: null })
      throw error
    }
  }

  /** The file in front; the script of the run in view where that is no script, or only a part of what was run. */
  #scriptInQuestion(): vscode.Uri | undefined {
    const front = vscode.window.activeTextEditor?.document
    const run = this.#runs.current?.state
    const last = run?.script ? vscode.Uri.file(run.script) : undefined
    if (front?.uri.scheme !== 'file' || !/\.[cm]?[jt]sx?$/.test(front.fileName)) return last
    // The module that builds the model is in front while a person acts on its lenses.
    const isPart = run?.layers.some(({ site }) => site?.file === front.fileName) ?? false
    return isPart && !this.#trains(front) ? last : front.uri
  }

  #argumentsOf(script: vscode.Uri): string {
    return this.#memory.get<string>(memoryKey(script)) ?? ''
  }
}

function memoryKey(script: vscode.Uri): string {
  return `arguments:${script.fsPath}`
}
