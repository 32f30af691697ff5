import path from 'node:path'
import type { EarlierWidth } from '../protocol/events.ts'
import type { Join, Joined } from '../protocol/handshake.ts'
import type { RunState } from '../run/state.ts'
import type { ProcessExit } from './exitReason.ts'
import { findRunBefore, isRunOf } from './history/runBefore.ts'
import { pruneRuns, readEndedRun, runFolders } from './history/savedRuns.ts'
import { completeScriptPath } from './launch/findScript.ts'
import { describeLaunch, type Launch } from './launch/launch.ts'
import { LaunchError } from './launch/launchError.ts'
import { resolveRequest, type NamedRequest } from './launch/resolveRequest.ts'
import type { RunRequest } from './launch/runRequest.ts'
import { LaunchedCommand, readInvitation } from './launchedCommand.ts'
import { watchProcess, watchProcessOfCommand } from './processWatch.ts'
import { RunList } from './runList.ts'
import { createRun, reopenRuns, TAKE_OVER_TIMEOUT_MS, type StoreOptions } from './store.ts'
import { isFree, removeAddress } from './transport/address.ts'
import type { WatchedRun } from './watchedRun.ts'

export interface RunsOptions extends Omit<StoreOptions, 'log'> {
  /** Folder that keeps runs across sessions, e.g. the workspace's storage. */
  storage: string
  /** Absolute path of `dist/preload.cjs`. */
  preload: string
  /** Gives the absolute path of the n-th run's log, from 1; by default logs lie in the runs' folders. */
  logOf?: (n: number) => string
  /** What a run tells the next one of its script; nothing by default. */
  remember?: (state: RunState) => EarlierWidth[]
  /** The run before, where it is not kept in `storage`; it tells only runs of its own script. Must not reject. */
  before?: Promise<RunState | null>
}

/** A command that is ready to be executed. */
export interface Started extends Launch {
  /** The command's first run. */
  run: WatchedRun
  /** The command's runs so far. */
  runs(): readonly WatchedRun[]
  /** Has to be called when the command has ended or could not be executed; with null when the exit is not known. */
  ended(exit: ProcessExit | null): Promise<void>
}

/** The runs of one window: those of commands that are started here, and those of processes that join by themselves. */
export class Runs extends RunList {
  readonly #options: RunsOptions
  /** Functions that end the watches of the runs' processes. */
  readonly #processWatches: (() => void)[] = []
  readonly #commands = new Set<LaunchedCommand>()
  /** Commands that an earlier session started. This session does not learn when they end. */
  #inherited: LaunchedCommand[] = []
  #runsBegun = 0
  #starting = false

  constructor(options: RunsOptions) {
    super(options.storage)
    this.#options = options
  }

  /**
   * Prepares a command's first run and makes it current. The caller executes the command, and calls `ended` at its end.
   * @throws LaunchError when the script or Node is missing, or another run is still training.
   * @throws the file system's or socket's error when the run cannot be saved or its address cannot be listened on.
   */
  async start(request: RunRequest): Promise<Started> {
    if (this.#starting || this.#isTraining) throw new LaunchError('A run is still training. Stop it first.')
    this.#starting = true
    try {
      const resolved = await resolveRequest(request)
      for (const command of this.#inherited.splice(0)) await command.ended(null)
      const named = { ...resolved.named, overrides: request.options.overrides ?? [] }
      const earlier = this.#earlierWidths(named)
      const run = await this.#create(named, null, earlier)
      const command = new LaunchedCommand(run.folder, run, (join) => this.#beginFurtherRun(named, join, earlier))
      try {
        await command.open(request.options, this.#options.preload)
      } catch (error) {
        await run.processLost('Its processes could not be listened for.')
        throw error
      }
      this.#commands.add(command)
      this.#processWatches.push(watchProcessOfCommand(run))
      this.add(run, 'always')
      const ended = (exit: ProcessExit | null): Promise<void> => {
        this.#commands.delete(command)
        return command.ended(exit)
      }
      const launch = describeLaunch(resolved, command.invitation, this.#options.preload)
      if (launch.unmonitored) run.report({ type: 'problem', layer: null, ...launch.unmonitored })
      return { ...launch, run, runs: () => command.runs, ended }
    } finally {
      this.#starting = false
    }
  }

  /**
   * Begins a run for a process that a person started by hand in a terminal, and makes the run current. Runs that began
   * earlier are watched to their end.
   * @throws the file system's or socket's error when the run cannot be saved or its address cannot be listened on.
   */
  async admit({ pid, script, args, cwd }: Join): Promise<Joined> {
    const named = { script: completeScriptPath(script, cwd), args, cwd: path.resolve(cwd) }
    const run = await this.#create(named, pid, this.#earlierWidths(named))
    this.#processWatches.push(watchProcess(run, { fromStart: true }))
    this.add(run, 'always')
    return run.joined
  }

  /**
   * Takes over the runs that an earlier session of this window left while they trained, and the commands that may start
   * more. The latest run becomes current; all are watched to their end.
   */
  async reattach(): Promise<void> {
    const reopened = await reopenRuns(this.#options.storage, this.#options)
    // A run that was started in the meantime stays current.
    const show = this.current === null ? 'always' : 'never'
    for (const run of reopened.reverse()) {
      this.#processWatches.push(watchProcess(run))
      this.add(run, show)
    }
    for (const folder of runFolders(this.#options.storage)) await this.#inherit(folder)
  }

  /** Releases all runs: their training goes on, and a later session can take them over. */
  override dispose(): void {
    for (const end of this.#processWatches) end()
    for (const command of [...this.#commands, ...this.#inherited]) command.release()
    super.dispose()
  }

  get #isTraining(): boolean {
    const ofCommands = [...this.#commands, ...this.#inherited].flatMap(({ runs }) => runs)
    return [this.current, ...ofCommands].some((run) => run !== null && run.state.phase !== 'ended')
  }

  /** Listens for further processes of a command that an earlier session started, if the first run's folder has one. */
  async #inherit(folder: string): Promise<void> {
    const invitation = readInvitation(folder)
    const timeout = this.#options.takeOverTimeout ?? TAKE_OVER_TIMEOUT_MS
    if (!invitation || !(await isFree(invitation.address, timeout))) return
    const watched = this.all.find((run) => run.folder === folder) ?? null
    const first = watched ?? (await readEndedRun(folder))
    if (!first) return
    const { script, packageScript, args, cwd, overrides, earlierWidths } = first.state
    const named = { script, args, cwd, overrides, ...(packageScript === null ? {} : { packageScript }) }
    const earlier = Promise.resolve(earlierWidths)
    const command = new LaunchedCommand(folder, watched, (join) => this.#beginFurtherRun(named, join, earlier))
    await command.open(invitation, this.#options.preload)
    this.#inherited.push(command)
  }

  /**
   * Begins a run for a further process of a command.
   * @param earlier what runs before the command tell. Its own runs tell each other nothing: a search tries many widths.
   */
  async #beginFurtherRun(named: NamedRequest, { pid }: Join, earlier: Promise<EarlierWidth[]>): Promise<WatchedRun> {
    const run = await this.#create(named, pid, earlier)
    this.#processWatches.push(watchProcess(run, { fromStart: true }))
    this.add(run, 'unless chosen')
    return run
  }

  /** What the latest ended run of a script tells the next one. Reading its log takes a while; never rejects. */
  async #earlierWidths(named: NamedRequest): Promise<EarlierWidth[]> {
    const { storage, remember, before } = this.#options
    if (!remember) return []
    const states = new Map(this.all.map(({ folder, state }) => [folder, state]))
    const latest = await (before ?? findRunBefore(storage, named, states))
    return latest && isRunOf(latest, named) ? remember(latest) : []
  }

  async #create(named: NamedRequest, pid: number | null, earlier: Promise<EarlierWidth[]>): Promise<WatchedRun> {
    const { storage, logOf, ...options } = this.#options
    const log = logOf ? { log: logOf(++this.#runsBegun) } : {}
    const run = await createRun(storage, named, { ...options, ...log }, pid)
    run.noteEarlierWidths(earlier)
    for (const { session } of pruneRuns(storage)) removeAddress(session.address)
    return run
  }
}
