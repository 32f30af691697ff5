import path from 'node:path'
import parseArgv from 'string-argv'
import * as vscode from 'vscode'
import type { EventBody } from '../../protocol/events.ts'
import type { Inherit } from '../../protocol/handshake.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { Task } from '../../protocol/task.ts'
import { knownBefore, measuredBefore, probedBefore } from '../../run/provenBefore.ts'
import type { Runs } from '../../runner/runs.ts'
import type { CurrentRun } from '../currentRun.ts'
import { runSettings } from '../settings.ts'
import type { Launcher } from './launcher.ts'
import { pickPackageScript } from './picking/pickPackageScript.ts'
import { pickMeasured } from './picking/pickMeasured.ts'
import { pickWeights } from './picking/pickWeights.ts'

/** What is done with the weights that a person picks, as the list says it. */
const PROVING = { title: 'Prove Widths', what: 'narrower networks are tried' }
const PROBING = { title: 'Probe Layers', what: 'its layers are probed' }

/** The commands that start a run. They find out which script to run, and with which arguments. */
export class RunCommands {
  readonly #currentRun: CurrentRun
  readonly #launcher: Launcher
  readonly #memory: vscode.Memento
  readonly #trains: (document: vscode.TextDocument) => boolean

  /**
   * @param memory remembers each script's arguments
   * @param trains tells whether a document is a script that trains
   */
  constructor(
    currentRun: CurrentRun,
    launcher: Launcher,
    memory: vscode.Memento,
    trains: (document: vscode.TextDocument) => boolean,
  ) {
    this.#currentRun = currentRun
    this.#launcher = launcher
    this.#memory = memory
    this.#trains = trains
  }

  /**
   * Runs a script with the arguments that the user gave it last.
   * @param task what is done after the training
   */
  async run(uri?: vscode.Uri, debug = false, task?: Task): Promise<void> {
    const script = uri ?? this.#defaultScript()
    const args = script ? parseArgv(this.#lastArguments(script)) : []
    if (script) return this.#run(script, { args, debug, ...(task ? { task } : {}) })
    void vscode.window.showInformationMessage('Open the script that trains your model, then run it with Saturation.')
  }

  /** Trains, and compares the online covariance of layers that the person chooses with the exact one. */
  async compareWithExact(uri?: vscode.Uri): Promise<void> {
    const script = uri ?? this.#defaultScript()
    const run = this.#currentRun.state
    // The run in view may be of another script, whose layers this one does not have.
    const known = run !== null && run.script === script?.fsPath ? run : null
    const layer = await pickMeasured(known, 'Compare the online covariance with the exact one of')
    const { delta } = runSettings().options
    if (layer !== undefined) await this.run(script, false, { kind: 'exact', layer, delta })
  }

  /**
   * Tries narrower networks in the one that a script trains, or has trained: with the weights of an earlier run, the
   * script is run as that run was.
   * @param budget parameters or floating-point operations that one of the networks is to have at most
   */
  async proveWidths(runs: Runs, uri?: vscode.Uri, budget?: { parameters?: number; flops?: number }): Promise<void> {
    const asked = { kind: 'prove' as const, ...budget }
    const script = uri ?? this.#defaultScript()
    const weights = script ? await pickWeights(runs, script, PROVING) : null
    if (weights === undefined) return
    if (!script || weights === null) return this.run(script, false, asked)
    const { of, others, inherit } = weights
    const { args, cwd, overrides } = of
    const task = { ...asked, ...knownBefore(of, others) }
    await this.#run(script, { args, cwd, overrides, inherit, note: measuredBefore(inherit.name, of), task })
  }

  /** Trains linear probes on the layers of the network that a script trains, or has trained. */
  async probeLayers(runs: Runs, uri?: vscode.Uri): Promise<void> {
    const script = uri ?? this.#defaultScript()
    const weights = script ? await pickWeights(runs, script, PROBING) : null
    if (weights === undefined) return
    if (!script || weights === null) return this.run(script, false, { kind: 'probe' })
    const { of, others, inherit } = weights
    const { args, cwd, overrides } = of
    const task = { kind: 'probe' as const, ...probedBefore([...others, of]) }
    await this.#run(script, { args, cwd, overrides, inherit, note: measuredBefore(inherit.name, of), task })
  }

  /**
   * Repeats the current run, whichever file is in front; without a run, runs the file in front.
   * @param change what is different: other overrides, and the run whose weights its layers begin with
   */
  async runAgain({
    overrides,
    inherit = null,
  }: { overrides?: Override[]; inherit?: Inherit | null } = {}): Promise<void> {
    const last = this.#currentRun.state
    if (!last?.script) return this.run()
    const { script, packageScript, args, cwd } = last
    const resource = vscode.Uri.file(script)
    const options = { args, cwd, overrides: overrides ?? last.overrides, ...(inherit ? { inherit } : {}) }
    // The change may be in any file of the program.
    await vscode.workspace.saveAll(false)
    if (packageScript === null) return this.#run(resource, options)
    const named = { script: packageScript, ofPackage: true, ...options }
    await this.#launcher.start({ ...named, title: packageScript, resource })
  }

  /** The script that a command is meant for, and how it is run; null where none is open, which the person is told. */
  programFor(uri?: vscode.Uri): { script: vscode.Uri; args: string[]; cwd: string } | null {
    const script = uri ?? this.#defaultScript()
    if (!script) {
      void vscode.window.showInformationMessage('Open the script that trains your model first.')
      return null
    }
    const cwd = vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath ?? path.dirname(script.fsPath)
    return { script, args: parseArgv(this.#lastArguments(script)), cwd }
  }

  /** Asks for the script's arguments, remembers them, and runs the script. */
  async runWithArguments(uri?: vscode.Uri): Promise<void> {
    const script = uri ?? this.#defaultScript()
    if (!script) return this.run()
    const line = await vscode.window.showInputBox({
      title: `Run ${path.basename(script.fsPath)} with Saturation`,
      prompt: 'Arguments of the script, as in a shell. They are remembered.',
      value: this.#lastArguments(script),
    })
    if (line === undefined) return
    await this.#memory.update(memoryKey(script), line)
    await this.run(script)
  }

  /** Lets the user choose a script of package.json, and runs it through the project's package manager. */
  async runPackageScript(uri?: vscode.Uri): Promise<void> {
    const chosen = await pickPackageScript(uri)
    if (!chosen) return
    const { name, file } = chosen
    await vscode.workspace.saveAll(false)
    const cwd = path.dirname(file.fsPath)
    await this.#launcher.start({ script: name, ofPackage: true, args: [], cwd, title: name, resource: file })
  }

  async #run(
    script: vscode.Uri,
    options: {
      args: string[]
      cwd?: string
      debug?: boolean
      overrides?: Override[]
      task?: Task
      inherit?: Inherit
      note?: EventBody | null
    },
  ): Promise<void> {
    await vscode.workspace.textDocuments.find((document) => document.uri.toString() === script.toString())?.save()
    const folder = vscode.workspace.getWorkspaceFolder(script)
    const cwd = folder?.uri.fsPath ?? path.dirname(script.fsPath)
    const title = path.basename(script.fsPath)
    await this.#launcher.start({ cwd, ...options, script: script.fsPath, title, resource: script })
  }

  /** The file in front; the script of the current run if that file is no script or is only a module of the run. */
  #defaultScript(): vscode.Uri | undefined {
    const front = vscode.window.activeTextEditor?.document
    const run = this.#currentRun.state
    const last = run?.script && run.packageScript === null ? vscode.Uri.file(run.script) : undefined
    if (front?.uri.scheme !== 'file' || !/\.[cm]?[jt]sx?$/.test(front.fileName)) return last
    // While the user works on the lenses, the module that builds the model is in front rather than the script.
    const isModule = run?.layers.some(({ site }) => site?.file === front.fileName) ?? false
    return isModule && !this.#trains(front) ? last : front.uri
  }

  #lastArguments(script: vscode.Uri): string {
    return this.#memory.get<string>(memoryKey(script)) ?? ''
  }
}

function memoryKey(script: vscode.Uri): string {
  return `arguments:${script.fsPath}`
}
