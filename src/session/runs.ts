import {
  checkNode,
  describeLaunch,
  findScript,
  LaunchError,
  workingDirectory,
  type Launch,
  type RunRequest,
} from './launch.ts'
import { createRun, pruneRuns, reopenRuns, type StoreOptions } from './store.ts'
import { keepVigil } from './vigil.ts'
import type { WatchedRun } from './watchedRun.ts'

export interface RunsOptions extends StoreOptions {
  /** Folder that keeps runs across sessions, e.g. the workspace's storage. */
  storage: string
  /** Absolute path of `dist/preload.cjs`. */
  preload: string
}

/** The runs of one window: at most one is current, the one that views show. */
export class Runs {
  readonly #options: RunsOptions
  readonly #listeners = new Set<() => void>()
  readonly #vigils: (() => void)[] = []
  #others: WatchedRun[] = []
  #current: WatchedRun | null = null
  #starting = false

  constructor(options: RunsOptions) {
    this.#options = options
  }

  /** The run that trains, or the one that trained last. */
  get current(): WatchedRun | null {
    return this.#current
  }

  /** Calls back when another run becomes current. @returns how to unsubscribe. */
  onDidChangeCurrent(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Prepares a run and makes it current. The caller executes the command and tells the run by `processEnded` how it
   * ended, also when it could not be executed at all.
   * @throws LaunchError when the script or node is missing, or another run is still training.
   * @throws the file system's or socket's error when nothing can be kept or listened on.
   */
  async start(request: RunRequest): Promise<Launch & { run: WatchedRun }> {
    if (this.#starting || (this.#current && this.#current.state.phase !== 'ended')) {
      throw new LaunchError('A run is still training. Stop it first.')
    }
    this.#starting = true
    try {
      const placed = { ...request, cwd: workingDirectory(request) }
      const found = { ...placed, script: findScript(request) }
      await checkNode(request.node)
      const run = await createRun(this.#options.storage, found, this.#options)
      this.#show(run)
      pruneRuns(this.#options.storage)
      return { ...describeLaunch(placed, run.record.invitation, this.#options.preload), run }
    } finally {
      this.#starting = false
    }
  }

  /**
   * Takes over a run that an earlier session of this window left training. Of several the latest becomes current,
   * the others are kept to their end.
   * @throws the file system's error when a log cannot be read.
   */
  async reattach(): Promise<void> {
    const reopened = await reopenRuns(this.#options.storage, this.#options)
    const latest = reopened[0]
    for (const run of reopened) this.#vigils.push(keepVigil(run))
    this.#others = reopened.slice(1)
    if (latest && !this.#current) this.#show(latest)
    else if (latest) this.#others.push(latest)
  }

  /** Lets go of all runs: the training goes on and can be reattached. */
  dispose(): void {
    for (const end of this.#vigils) end()
    for (const run of this.#others) run.dispose()
    this.#current?.dispose()
    this.#listeners.clear()
  }

  #show(run: WatchedRun): void {
    const before = this.#current
    this.#current = run
    for (const listener of this.#listeners) listener()
    before?.dispose()
  }
}
