import { existsSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import type { RunState } from '../../run/state.ts'
import type { Launch } from '../../runner/launch/launch.ts'
import type { RunCommands } from '../launching/runCommands.ts'
import { runInTerminal } from '../launching/runInTerminal.ts'
import { runSettings } from '../settings.ts'
import { requireTrust } from '../workspaceTrust.ts'
import { pickAxes } from './pickAxes.ts'
import { StudyPanel } from './studyPanel.ts'

/** Where the extension's parts lie. */
interface Folders {
  /** Our bundles. */
  readonly dist: string
  /** The runs of the workspace. */
  readonly storage: string
}

/** A study that is to be started. */
interface StudyRequest {
  readonly command: 'sweep' | 'resolution'
  readonly title: string
  readonly options: readonly string[]
}

/**
 * Starts studies of a script: the same commands as on the command line, in a terminal. A panel shows their page, which is
 * written anew after each trial, and the trials are listed among the runs.
 */
export class Studies {
  readonly #runCommands: RunCommands
  readonly #run: () => RunState | null
  readonly #folders: Folders

  /** @param run the shown run, whose layers are offered */
  constructor(runCommands: RunCommands, run: () => RunState | null, folders: Folders) {
    this.#runCommands = runCommands
    this.#run = run
    this.#folders = folders
  }

  /** Asks what is to be varied and trains a script with all combinations. */
  async sweep(uri?: vscode.Uri): Promise<void> {
    const program = this.#runCommands.programFor(uri)
    if (!program || !(await requireTrust())) return
    const name = path.basename(program.script.fsPath)
    const isBegun = existsSync(path.join(this.#folderOf('sweep', program), 'plan.json'))
    const options = await pickAxes(this.#run(), isBegun)
    if (options) await this.#start(program, { command: 'sweep', title: `Sweep of ${name}`, options })
  }

  /** Trains a script with inputs of several sizes. */
  async findInputResolution(uri?: vscode.Uri): Promise<void> {
    const program = this.#runCommands.programFor(uri)
    if (!program || !(await requireTrust())) return
    const title = `Input resolution of ${path.basename(program.script.fsPath)}`
    await this.#start(program, { command: 'resolution', title, options: [] })
  }

  async #start(program: Program, { command, title, options }: StudyRequest): Promise<void> {
    await vscode.workspace.saveAll(false)
    const { script, args, cwd } = program
    const { dist, storage } = this.#folders
    const { node = 'node' } = runSettings()
    const folder = this.#folderOf(command, program)
    const page = path.join(folder, 'study.html')
    const launch: Launch = {
      command: node,
      args: [
        ...[path.join(dist, 'saturation.cjs'), command, ...options],
        ...['--node', node, '--dir', folder, '--html', page, '--history', storage],
        ...[script.fsPath, '--', ...args],
      ],
      cwd,
      env: {},
    }
    const panel = new StudyPanel(title, page)
    try {
      const { ended } = await runInTerminal(launch, title, script)
      await ended
    } catch (error) {
      void vscode.window.showErrorMessage(`${title}: ${(error as Error).message}`)
    } finally {
      panel.ended()
    }
  }

  /** The same folder as on the command line, so that either goes on with what the other has begun. */
  #folderOf(command: StudyRequest['command'], { script, cwd }: Program): string {
    return path.join(cwd, '.saturation', command, path.parse(script.fsPath).name)
  }
}

type Program = NonNullable<ReturnType<RunCommands['programFor']>>
