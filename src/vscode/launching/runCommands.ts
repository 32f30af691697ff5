import path from 'node:path'
import parseArgv from 'string-argv'
import * as vscode from 'vscode'
import type { Launcher } from './launcher.ts'
import { pickPackageScript } from './pickPackageScript.ts'
import type { ShownRuns } from '../shownRuns.ts'

/** The commands that start a run: they find out what is to be run, with which arguments. */
export class RunCommands {
  readonly #runs: ShownRuns
  readonly #launcher: Launcher
  readonly #memory: vscode.Memento
  readonly #trains: (document: vscode.TextDocument) => boolean

  /**
   * @param memory keeps each script's arguments.
   * @param trains whether a document is a script that trains.
   */
  constructor(
    runs: ShownRuns,
    launcher: Launcher,
    memory: vscode.Memento,
    trains: (document: vscode.TextDocument) => boolean,
  ) {
    this.#runs = runs
    this.#launcher = launcher
    this.#memory = memory
    this.#trains = trains
  }

  /** Runs a script with the arguments it was last given. */
  async run(uri?: vscode.Uri, debug = false): Promise<void> {
    const script = uri ?? this.#scriptInQuestion()
    if (script) return this.#run(script, { args: parseArgv(this.#argumentsOf(script)), debug })
    void vscode.window.showInformationMessage('Open the script that trains your model, then run it with Saturation.')
  }

  /** Runs what made the run in view once more, whatever is in front; the first run is that of the file in front. */
  async runAgain(): Promise<void> {
    const last = this.#runs.current?.state
    if (!last?.script) return this.run()
    const { script, packageScript, args, cwd } = last
    const place = vscode.Uri.file(script)
    if (packageScript === null) return this.#run(place, { args, cwd })
    await this.#launcher.start({ script: packageScript, ofPackage: true, args, cwd, title: packageScript, place })
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

  /** Lets the user choose a script of package.json, and runs it by the project's package manager. */
  async runPackageScript(uri?: vscode.Uri): Promise<void> {
    const chosen = await pickPackageScript(uri)
    if (!chosen) return
    const { name, file } = chosen
    await vscode.workspace.saveAll(false)
    const cwd = path.dirname(file.fsPath)
    await this.#launcher.start({ script: name, ofPackage: true, args: [], cwd, title: name, place: file })
  }

  async #run(script: vscode.Uri, how: { args: string[]; cwd?: string; debug?: boolean }): Promise<void> {
    await vscode.workspace.textDocuments.find((document) => document.uri.toString() === script.toString())?.save()
    const folder = vscode.workspace.getWorkspaceFolder(script)
    const cwd = folder?.uri.fsPath ?? path.dirname(script.fsPath)
    const title = path.basename(script.fsPath)
    await this.#launcher.start({ cwd, ...how, script: script.fsPath, title, place: script })
  }

  /** The file in front; the script of the run in view where that is no script, or only a part of what was run. */
  #scriptInQuestion(): vscode.Uri | undefined {
    const front = vscode.window.activeTextEditor?.document
    const run = this.#runs.current?.state
    const last = run?.script && run.packageScript === null ? vscode.Uri.file(run.script) : undefined
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
