import { existsSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdictKind.ts'
import type { WidthChange } from '../../advice/widthChange.ts'
import type { RunState } from '../../run/state.ts'
import type { ProcessExit } from '../../runner/exitReason.ts'
import type { Launch } from '../../runner/launch/launch.ts'
import { widthOverrides } from '../hints/acting/trials.ts'
import type { RunCommands } from '../launching/runCommands.ts'
import { runInTerminal } from '../launching/runInTerminal.ts'
import { runSettings } from '../settings.ts'
import { requireTrust } from '../workspaceTrust.ts'
import { pickAxes } from './pickAxes.ts'
import { pickNetworks, pickToApply, TITLE } from './pickNetworks.ts'
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
  readonly command: 'sweep' | 'resolution' | 'try'
  readonly title: string
  readonly options: readonly string[]
  /** Whether it writes a page, and lists its trials among the runs. */
  readonly hasPage: boolean
}

/** What happens around the training of several networks. */
interface TryParts {
  thresholds: () => Thresholds
  /** Log of the run that networks inherit from and are compared with; null where there is none with weights. */
  logOfBaseline: () => Promise<string | null>
  /** Writes widths into the code. */
  apply: (run: RunState, changes: readonly WidthChange[]) => Promise<void>
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
    if (options) await this.#start(program, { command: 'sweep', title: `Sweep of ${name}`, options, hasPage: true })
  }

  /** Trains several networks of other widths, compares them in the terminal, and applies one of them if that is wanted. */
  async tryNetworks({ thresholds, logOfBaseline, apply }: TryParts): Promise<void> {
    const run = this.#run()
    const program = run && this.#runCommands.programFor(vscode.Uri.file(run.script))
    if (!program || !(await requireTrust())) return
    const chosen = await pickNetworks(run, thresholds())
    if (!chosen) return
    const { networks, seeds } = chosen
    const candidates = networks.map(({ changes }) =>
      widthOverrides(run, changes)
        .map(({ layer, property, value }) => `${layer}.${property}=${JSON.stringify(value)}`)
        .join(','),
    )
    const log = await logOfBaseline()
    const exit = await this.#start(program, {
      command: 'try',
      title: `${TITLE} of ${path.basename(program.script.fsPath)}`,
      options: [
        ...candidates.flatMap((candidate) => ['--candidate', candidate]),
        ...['--seeds', String(seeds)],
        ...(log === null ? [] : ['--inherit', log]),
      ],
      hasPage: false,
    })
    // It ends with 1 where each network is worse, which a person may want all the same.
    if (exit?.exitCode !== 0 && exit?.exitCode !== 1) return
    const wanted = await pickToApply(networks)
    if (wanted) await apply(run, wanted.changes)
  }

  /** Trains a script with inputs of several sizes. */
  async findInputResolution(uri?: vscode.Uri): Promise<void> {
    const program = this.#runCommands.programFor(uri)
    if (!program || !(await requireTrust())) return
    const title = `Input resolution of ${path.basename(program.script.fsPath)}`
    await this.#start(program, { command: 'resolution', title, options: [], hasPage: true })
  }

  /** @returns how it has ended; null where that is not known */
  async #start(program: Program, { command, title, options, hasPage }: StudyRequest): Promise<ProcessExit | null> {
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
        ...['--node', node, '--dir', folder],
        ...(hasPage ? ['--html', page, '--history', storage] : []),
        ...[script.fsPath, '--', ...args],
      ],
      cwd,
      env: {},
    }
    const panel = hasPage ? new StudyPanel(title, page) : null
    try {
      const { ended } = await runInTerminal(launch, title, script)
      return await ended
    } catch (error) {
      void vscode.window.showErrorMessage(`${title}: ${(error as Error).message}`)
      return null
    } finally {
      panel?.ended()
    }
  }

  /** The same folder as on the command line, so that either goes on with what the other has begun. */
  #folderOf(command: StudyRequest['command'], { script, cwd }: Program): string {
    return path.join(cwd, '.saturation', command, path.parse(script.fsPath).name)
  }
}

type Program = NonNullable<ReturnType<RunCommands['programFor']>>
