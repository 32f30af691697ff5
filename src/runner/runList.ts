import { KEPT, readEndedRuns } from './store.ts'
import type { WatchedRun } from './watchedRun.ts'

/** The runs of a session, and which of them is shown. */
export class RunList {
  readonly #storage: string
  readonly #changeListeners = new Set<() => void>()
  readonly #beginListeners = new Set<(run: WatchedRun) => void>()
  /** In the order in which they began or were taken over. */
  #runs: WatchedRun[] = []
  #current: WatchedRun | null = null
  /** Whether the current one was chosen by a person. */
  #chosen = false

  /** @param storage folder that keeps runs across sessions */
  constructor(storage: string) {
    this.#storage = storage
  }

  /** The run that a person has chosen, else the one that began last. */
  get current(): WatchedRun | null {
    return this.#current
  }

  /** The runs of this session: those that go on, and the latest of those that have ended. */
  get all(): readonly WatchedRun[] {
    return this.#runs
  }

  /** Calls back when another run becomes current. @returns how to unsubscribe. */
  onDidChangeCurrent(listener: () => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /** Calls back with every run that begins or is taken over, before it may become current. @returns how to unsubscribe. */
  onDidBegin(listener: (run: WatchedRun) => void): () => void {
    this.#beginListeners.add(listener)
    return () => this.#beginListeners.delete(listener)
  }

  /** The runs that are kept, the latest first: those of this session, and what earlier ones have left. */
  async list(): Promise<WatchedRun[]> {
    const known = new Set(this.#runs.map(({ id }) => id))
    const runs = [...this.#runs, ...(await readEndedRuns(this.#storage, known))]
    return runs.sort((a, b) => (b.state.startedAt ?? 0) - (a.state.startedAt ?? 0))
  }

  /** Makes a run current until a person starts the next one. */
  choose(run: WatchedRun): void {
    this.#chosen = run !== this.#runs.at(-1)
    this.#show(run)
  }

  /** Lets go of all runs and listeners. */
  dispose(): void {
    for (const run of this.#runs) run.dispose()
    this.#changeListeners.clear()
    this.#beginListeners.clear()
  }

  /** @param show `always` of a run that a person has just started; else what they have chosen stays in view */
  protected add(run: WatchedRun, show: 'always' | 'unless chosen' | 'never'): void {
    this.#runs.push(run)
    const ended = this.#runs.filter((other) => other.record.ended && other !== this.#current)
    const forgotten = new Set(ended.slice(0, -KEPT))
    this.#runs = this.#runs.filter((other) => !forgotten.has(other))
    for (const listener of this.#beginListeners) listener(run)
    if (show === 'always') this.#chosen = false
    if (show !== 'never' && !this.#chosen) this.#show(run)
  }

  #show(run: WatchedRun): void {
    this.#current = run
    for (const listener of this.#changeListeners) listener()
  }
}
