import path from 'node:path'
import { FollowedRun } from './followedRun.ts'
import { readRecord } from './history/record.ts'
import { runFolders } from './history/savedRuns.ts'
import { isFree } from './transport/address.ts'

/** Milliseconds between two looks at the runs of other sessions. */
const LOOK_INTERVAL_MS = 1000
/** Looks without anything new in a run's log after which it is checked whether its session still lives. */
const LOOKS_BEFORE_CHECK = 3

export interface OtherSessionsOptions {
  /** Whether this session watches the run with this id, or has watched it. */
  isOwn: (id: string) => boolean
  /** Called with a run that another session watches, once its log is read. */
  found: (run: FollowedRun) => void
  /** Called when a followed run has ended. */
  ended: (run: FollowedRun) => void
  /** Called when the session of a run is gone before the run has ended; the run is not followed any more. */
  left: (folder: string) => Promise<void>
}

/**
 * Follows the runs that other living sessions watch: a second window on the same folder shows what the first one has
 * started, and takes it over when the first one is closed.
 */
export class OtherSessions {
  readonly #storage: string
  readonly #options: OtherSessionsOptions
  /** Runs that have not ended, by id, with the looks since something new was in their logs. */
  readonly #followed = new Map<string, { run: FollowedRun; quietLooks: number }>()
  /** Ids of runs that have ended, or cannot be followed. */
  readonly #settled = new Set<string>()
  #looking: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #disposed = false

  /** @param storage folder that all sessions keep their runs in */
  constructor(storage: string, options: OtherSessionsOptions) {
    this.#storage = storage
    this.#options = options
  }

  /** The followed runs that have not ended. */
  get training(): readonly FollowedRun[] {
    return [...this.#followed.values()].map(({ run }) => run).filter(({ state }) => state.phase !== 'ended')
  }

  /** Looks now and from now on. */
  async begin(): Promise<void> {
    await this.look()
    if (!this.#disposed) this.#timer = setInterval(() => void this.look(), LOOK_INTERVAL_MS).unref()
  }

  /** Looks for new runs of other sessions, and for what is new in those that are known. Never rejects. */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = null)))
  }

  /** The same, but surely sees what is there at the time of the call: a look that goes on may be past it. */
  async lookAnew(): Promise<void> {
    await this.#looking
    await this.look()
  }

  dispose(): void {
    this.#disposed = true
    clearInterval(this.#timer)
    for (const { run } of this.#followed.values()) run.dispose()
  }

  async #look(): Promise<void> {
    for (const folder of runFolders(this.#storage).reverse()) {
      const id = path.basename(folder)
      if (this.#settled.has(id) || this.#followed.has(id) || this.#options.isOwn(id)) continue
      await this.#meet(id, folder).catch(() => {})
    }
    for (const [id, followed] of this.#followed) {
      if (this.#disposed) return
      await this.#follow(id, followed).catch(() => {})
    }
  }

  async #meet(id: string, folder: string): Promise<void> {
    const record = readRecord(folder)
    // A folder gets its record a moment after it was made.
    if (!record) return
    if (record.ended) return void this.#settled.add(id)
    // A run that nobody watches is taken over at the start of a session, or is about to be listened for.
    if (await isFree(record.session.address, 0)) return
    const run = new FollowedRun(folder, record)
    await run.read()
    if (this.#disposed || run.state.startedAt === null) return
    this.#followed.set(id, { run, quietLooks: 0 })
    this.#options.found(run)
  }

  async #follow(id: string, followed: { run: FollowedRun; quietLooks: number }): Promise<void> {
    const { run } = followed
    const hasNews = await run.read()
    if (run.record.ended) {
      this.#followed.delete(id)
      this.#settled.add(id)
      this.#options.ended(run)
      return
    }
    followed.quietLooks = hasNews ? 0 : followed.quietLooks + 1
    if (followed.quietLooks < LOOKS_BEFORE_CHECK || !(await isFree(run.record.session.address, 0))) return
    this.#followed.delete(id)
    await this.#options.left(run.folder)
  }
}
