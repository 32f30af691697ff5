import type { Join, Joined } from '../protocol/handshake.ts'
import { isFree } from './transport/address.ts'
import type { ProcessExit } from './exitReason.ts'
import { describeLaunch, type Launch, type RunRequest } from './launch/launch.ts'
import { LaunchedCommand, readInvitation } from './launchedCommand.ts'
import { LaunchError } from './launch/launchError.ts'
import { placeRequest, wholeName } from './launch/resolveRequest.ts'
import { RunList } from './runList.ts'
import {
  createRun,
  pruneRuns,
  readEndedRun,
  reopenRuns,
  runFolders,
  TAKE_OVER_PATIENCE,
  type NamedRequest,
  type StoreOptions,
} from './store.ts'
import { keepVigil, keepVigilOfCommand } from './processWatch.ts'
import type { WatchedRun } from './watchedRun.ts'

export interface RunsOptions extends Omit<StoreOptions, 'log'> {
  /** Folder that keeps runs across sessions, e.g. the workspace's storage. */
  storage: string
  /** Absolute path of `dist/preload.cjs`. */
  preload: string
  /** Absolute path of the n-th run's log, from 1, where logs are not to lie in the runs' folders. */
  logOf?: (n: number) => string
}

/** A command that is ready to be executed. */
export interface Started extends Launch {
  /** The command's first run. */
  run: WatchedRun
  /** Its runs so far. */
  runs(): readonly WatchedRun[]
  /** To be told how the command ended, also when it could not be executed at all; null where that is not known. */
  ended(exit: ProcessExit | null): Promise<void>
}

/** The runs of one window: those of commands that are started here, and those of processes that come by themselves. */
export class Runs extends RunList {
  readonly #options: RunsOptions
  readonly #vigils: (() => void)[] = []
  readonly #commands = new Set<LaunchedCommand>()
  /** Commands of earlier sessions, whose end nobody will tell. */
  #inherited: LaunchedCommand[] = []
  #begun = 0
  #starting = false

  constructor(options: RunsOptions) {
    super(options.storage)
    this.#options = options
  }

  /**
   * Prepares a command's first run and makes it current. The caller executes the command and tells by `ended` how it
   * ended.
   * @throws LaunchError when the script or node is missing, or another run is still training.
   * @throws the file system's or socket's error when nothing can be kept or listened on.
   */
  async start(request: RunRequest): Promise<Started> {
    if (this.#starting || this.#isTraining) throw new LaunchError('A run is still training. Stop it first.')
    this.#starting = true
    try {
      const { placed, named } = await placeRequest(request)
      for (const command of this.#inherited.splice(0)) await command.ended(null)
      const run = await this.#create(named, null)
      const command = new LaunchedCommand(run, (join) => this.#further(named, join))
      try {
        await command.open(request.options, this.#options.preload)
      } catch (error) {
        await run.processLost('Its processes could not be listened for.')
        throw error
      }
      this.#commands.add(command)
      this.#vigils.push(keepVigilOfCommand(run))
      this.add(run, 'always')
      const ended = (exit: ProcessExit | null): Promise<void> => {
        this.#commands.delete(command)
        return command.ended(exit)
      }
      const launch = describeLaunch(placed, command.invitation, this.#options.preload)
      return { ...launch, run, runs: () => command.runs, ended }
    } finally {
      this.#starting = false
    }
  }

  /**
   * Begins a run for a process that trains already, started by hand in a terminal, and makes it current: it is the one
   * that the person has just turned to. What trained before is kept to its end.
   * @throws the file system's or socket's error when nothing can be kept or listened on.
   */
  async admit({ pid, script, args, cwd }: Join): Promise<Joined> {
    const run = await this.#create({ script: wholeName(script, cwd), args, cwd }, pid)
    this.#vigils.push(keepVigil(run, { seen: true }))
    this.add(run, 'always')
    return run.record.session
  }

  /**
   * Takes over the runs that an earlier session of this window left training, and the commands that may start more. Of
   * several runs the latest becomes current, the others are kept to their end.
   */
  async reattach(): Promise<void> {
    const reopened = await reopenRuns(this.#options.storage, this.#options)
    // A run that was started meanwhile stays current.
    const show = this.current === null ? 'always' : 'never'
    for (const run of reopened.reverse()) {
      this.#vigils.push(keepVigil(run))
      this.add(run, show)
    }
    for (const folder of runFolders(this.#options.storage)) await this.#inherit(folder)
  }

  /** Lets go of all runs: the training goes on and can be reattached. */
  override dispose(): void {
    for (const end of this.#vigils) end()
    for (const command of [...this.#commands, ...this.#inherited]) command.release()
    super.dispose()
  }

  get #isTraining(): boolean {
    const ofCommands = [...this.#commands, ...this.#inherited].flatMap(({ runs }) => runs)
    return [this.current, ...ofCommands].some((run) => run !== null && run.state.phase !== 'ended')
  }

  /** Listens for further processes of a command that an earlier session has started, where it has. */
  async #inherit(folder: string): Promise<void> {
    const invitation = readInvitation(folder)
    if (!invitation || !(await isFree(invitation.address, this.#options.takeOverPatience ?? TAKE_OVER_PATIENCE))) return
    const first = this.all.find((run) => run.folder === folder) ?? (await readEndedRun(folder))
    if (!first) return
    const { script, packageScript, args, cwd } = first.state
    const named = { script, args, cwd, ...(packageScript === null ? {} : { packageScript }) }
    const command = new LaunchedCommand(first, (join) => this.#further(named, join))
    await command.open(invitation, this.#options.preload)
    this.#inherited.push(command)
  }

  /** Begins a run for a process of a command that has a run already. */
  async #further(named: NamedRequest, { pid }: Join): Promise<WatchedRun> {
    const run = await this.#create(named, pid)
    this.#vigils.push(keepVigil(run, { seen: true }))
    this.add(run, 'unless chosen')
    return run
  }

  async #create(request: NamedRequest, pid: number | null): Promise<WatchedRun> {
    const { storage, logOf, ...options } = this.#options
    const log = logOf ? { log: logOf(++this.#begun) } : {}
    const run = await createRun(storage, request, { ...options, ...log }, pid)
    pruneRuns(storage)
    return run
  }
}
