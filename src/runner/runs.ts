import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { EarlierWidth } from '../protocol/events.ts'
import type { Join, Joined } from '../protocol/handshake.ts'
import type { RunState } from '../run/state.ts'
import type { ProcessExit } from './exitReason.ts'
import { lockFile } from './files/fileLock.ts'
import { findRunBefore, isRunOf } from './history/runBefore.ts'
import { newRunId, pruneRuns, readEndedRun, runFolders } from './history/savedRuns.ts'
import { completeScriptPath } from './launch/findScript.ts'
import { describeLaunch, type Launch } from './launch/launch.ts'
import { LaunchError } from './launch/launchError.ts'
import { resolveRequest, type NamedRequest } from './launch/resolveRequest.ts'
import type { RunRequest } from './launch/runRequest.ts'
import type { ListedRun } from './listedRun.ts'
import { LaunchedCommand, readInvitation } from './launchedCommand.ts'
import { OtherSessions } from './otherSessions.ts'
import { watchProcess, watchProcessOfCommand } from './processWatch.ts'
import { RunList } from './runList.ts'
import { createRun, reopenRun, TAKE_OVER_TIMEOUT_MS, type StoreOptions } from './store.ts'
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
  /** Those of the other windows on the same folder. */
  readonly #others: OtherSessions
  /** Ids of the runs that this session watches or has watched. */
  readonly #own = new Set<string>()
  #runsBegun = 0
  #starting = false

  constructor(options: RunsOptions) {
    super(options.storage)
    this.#options = options
    this.#others = new OtherSessions(options.storage, {
      isOwn: (id) => this.#own.has(id),
      found: (run) => this.follow(run),
      ended: (run) => this.unfollow(run.id),
      left: (folder) => this.#adopt(folder),
    })
  }

  /**
   * Prepares a command's first run and makes it current. The caller executes the command, and calls `ended` at its end.
   * @throws LaunchError when the script or Node is missing, or another run is still training.
   * @throws the file system's or socket's error when the run cannot be saved or its address cannot be listened on.
   */
  async start(request: RunRequest): Promise<Started> {
    if (this.#starting || this.#isTraining) throw new LaunchError('A run is still training. Stop it first.')
    this.#starting = true
    let unlock = (): void => {}
    try {
      unlock = lockStart(this.#options.storage)
      await this.#others.lookAnew()
      const [other] = this.#others.training
      if (other) throw new LaunchError(`${nameOf(other)} is still training, started in another window. Stop it first.`)
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
      unlock()
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
    const run = await this.#beginJoined(named, pid, this.#earlierWidths(named), 'always')
    return run.joined
  }

  /**
   * Takes over the runs that an earlier session of this window left while they trained, and the commands that may start
   * more, and follows the runs of other living sessions. The latest run becomes current, a saved one if none goes on;
   * all are watched to their end.
   */
  async reattach(): Promise<void> {
    // A run that was started in the meantime stays current.
    const show = this.current === null ? 'always' : 'never'
    const folders = runFolders(this.#options.storage)
    const reopened = await Promise.all(folders.map((folder) => reopenRun(folder, this.#options)))
    for (const run of reopened.toReversed()) if (run !== null && run !== 'elsewhere') this.#takeOver(run, show)
    for (const [i, folder] of folders.entries()) if (reopened[i] !== 'elsewhere') await this.#inherit(folder)
    await this.#others.begin()
    await this.showLatestSaved()
  }

  /** Releases all runs: their training goes on, and a later session can take them over. */
  override dispose(): void {
    this.#others.dispose()
    for (const end of this.#processWatches) end()
    for (const command of [...this.#commands, ...this.#inherited]) command.release()
    super.dispose()
  }

  get #isTraining(): boolean {
    const ofCommands = [...this.#commands, ...this.#inherited].flatMap(({ runs }) => runs)
    const shown = this.current && this.#own.has(this.current.id) ? [this.current] : []
    return [...shown, ...ofCommands].some((run) => run.state.phase !== 'ended')
  }

  #takeOver(run: WatchedRun, show: 'always' | 'unless chosen' | 'never'): void {
    this.#own.add(run.id)
    this.#processWatches.push(watchProcess(run))
    this.add(run, show)
  }

  /** The other session that watched a run is gone, and the run goes on. */
  async #adopt(folder: string): Promise<void> {
    const run = await reopenRun(folder, this.#options)
    if (run === 'elsewhere') return
    this.unfollow(path.basename(folder))
    if (!run) return
    const isShown = this.current?.id === run.id
    this.#takeOver(run, isShown ? 'always' : 'unless chosen')
    await this.#inherit(folder)
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
    return this.#beginJoined(named, pid, earlier, 'unless chosen')
  }

  async #beginJoined(
    named: NamedRequest,
    pid: number,
    earlier: Promise<EarlierWidth[]>,
    show: 'always' | 'unless chosen',
  ): Promise<WatchedRun> {
    const run = await this.#create(named, pid, earlier)
    this.#processWatches.push(watchProcess(run, { fromStart: true }))
    this.add(run, show)
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
    const id = newRunId()
    this.#own.add(id)
    const run = await createRun(storage, named, { ...options, ...log, id }, pid)
    run.noteEarlierWidths(earlier)
    for (const { session } of pruneRuns(storage)) removeAddress(session.address)
    return run
  }
}

/**
 * Keeps other windows on the same folder from starting a run at the same time: each would not yet see the other's.
 * @returns a function that ends this.
 * @throws LaunchError when one is doing so; the file system's error.
 */
function lockStart(storage: string): () => void {
  mkdirSync(storage, { recursive: true })
  const lock = lockFile(path.join(storage, 'start'))
  if (!('release' in lock)) throw new LaunchError('Another window is just starting a run.')
  return lock.release
}

function nameOf({ state: { script, packageScript } }: ListedRun): string {
  return packageScript ?? path.basename(script)
}
