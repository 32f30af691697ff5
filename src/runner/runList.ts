import { MAX_ENDED_RUNS, readEndedRun, readEndedRuns, runFolders } from './history/savedRuns.ts'
import { listedRun, type ListedRun } from './listedRun.ts'
import type { WatchedRun } from './watchedRun.ts'

/** The runs of a session, and which of them is shown. */
export class RunList {
  readonly #storage: string
  readonly #changeListeners = new Set<() => void>()
  readonly #beginListeners = new Set<(run: WatchedRun) => void>()
  /** In the order in which they began or were taken over. */
  #runs: WatchedRun[] = []
  /** Runs that other sessions watch. */
  #followed: ListedRun[] = []
  #current: ListedRun | null = null
  /** Whether a person chose the current run. */
  #chosen = false

  /** @param storage folder that keeps runs across sessions */
  constructor(storage: string) {
    this.#storage = storage
  }

  /** The run to show: the one that a person chose, else the one that began last. */
  get current(): ListedRun | null {
    return this.#current
  }

  /** The runs that this session watches or has watched: those that go on, and the latest of those that have ended. */
  get all(): readonly WatchedRun[] {
    return this.#runs
  }

  /** Calls back when another run becomes current. @returns a function that unsubscribes. */
  onDidChangeCurrent(listener: () => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /**
   * Calls back with every run that begins or is taken over, before the run may become current.
   * @returns a function that unsubscribes.
   */
  onDidBegin(listener: (run: WatchedRun) => void): () => void {
    this.#beginListeners.add(listener)
    return () => this.#beginListeners.delete(listener)
  }

  /** The runs of this session, those of other sessions, and the ended runs that were saved, the latest first. */
  async list(): Promise<ListedRun[]> {
    const live = [...this.#runs, ...this.#followed]
    const saved = await readEndedRuns(this.#storage, new Set(live.map(({ id }) => id)))
    const runs = [...live, ...saved.map(listedRun)]
    return runs.sort((a, b) => (b.state.startedAt ?? 0) - (a.state.startedAt ?? 0))
  }

  /** Makes a run current until a person starts the next one. */
  choose(run: ListedRun): void {
    this.#chosen = run !== (this.#followed.at(-1) ?? this.#runs.at(-1))
    this.#show(run)
  }

  /** Releases all runs and listeners. */
  dispose(): void {
    for (const run of this.#runs) run.dispose()
    this.#changeListeners.clear()
    this.#beginListeners.clear()
  }

  /**
   * Adds a run that has begun or was taken over.
   * @param show whether the run becomes current. `always` is for a run that a person has just started or turned to;
   * `unless chosen` keeps a run current that a person chose.
   */
  protected add(run: WatchedRun, show: 'always' | 'unless chosen' | 'never'): void {
    this.#runs.push(run)
    const ended = this.#runs.filter((other) => other.record.ended && other !== this.#current)
    const forgotten = new Set(ended.slice(0, -MAX_ENDED_RUNS))
    this.#runs = this.#runs.filter((other) => !forgotten.has(other))
    for (const listener of this.#beginListeners) listener(run)
    if (show === 'always') this.#chosen = false
    if (show !== 'never' && !this.#chosen) this.#show(run)
  }

  /** Adds a run that another session watches; it becomes current unless a person chose another one. */
  protected follow(run: ListedRun): void {
    this.#followed.push(run)
    if (!this.#chosen) this.#show(run)
  }

  /** Forgets a run that another session watched. */
  protected unfollow(id: string): void {
    this.#followed = this.#followed.filter((run) => run.id !== id)
  }

  /** Makes the latest saved run current if no run is: after a reload it is what was shown before. */
  protected async showLatestSaved(): Promise<void> {
    for (const folder of runFolders(this.#storage)) {
      if (this.#current) return
      const saved = await readEndedRun(folder)
      if (saved && !saved.record.trial && !this.#current) return this.#show(listedRun(saved))
    }
  }

  #show(run: ListedRun): void {
    this.#current = run
    for (const listener of this.#changeListeners) listener()
  }
}
