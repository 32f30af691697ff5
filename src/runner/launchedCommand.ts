import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Invitation, type Join, type Joined, type RunOptions } from '../protocol/handshake.ts'
import type { ProcessExit } from './exitReason.ts'
import { PRESENCES, presenceFileOf, type Presence } from '../protocol/presence.ts'
import { readSecretFile } from './files/secretFile.ts'
import { Reception } from './transport/reception.ts'
import type { WatchedRun } from './watchedRun.ts'

/** Absolute path of the invitation of the command whose first run has this folder. */
function invitationFile(folder: string): string {
  return path.join(folder, 'invitation.json')
}

/** Reads the invitation of the command whose first run has this folder. @returns null when there is none. */
export function readInvitation(folder: string): Invitation | null {
  return readSecretFile(invitationFile(folder), Invitation)
}

/**
 * A command that was started here or by an earlier session, and the runs of its processes. Its first run exists before
 * any process does, so that the views can show the command and a failure before the training. The first process that
 * joins gets this run. Each further process that trains gets a run of its own.
 */
export class LaunchedCommand {
  /** Absolute path of the invitation. */
  readonly invitation: string
  readonly #first: WatchedRun | null
  readonly #others: WatchedRun[] = []
  readonly #begin: (join: Join) => Promise<WatchedRun>
  readonly #reception: Reception
  #firstIsTaken: boolean

  /**
   * @param folder folder of the first run
   * @param first the first run; null when it has ended and an earlier session watched it
   * @param begin begins a run for a further process
   */
  constructor(folder: string, first: WatchedRun | null, begin: (join: Join) => Promise<WatchedRun>) {
    this.#first = first
    this.#firstIsTaken = first === null || first.record.pid !== null || first.record.ended
    this.#begin = begin
    this.invitation = invitationFile(folder)
    this.#reception = new Reception(this.invitation, (join) => this.#admit(join))
  }

  /** The runs that this session watches or has watched, in the order in which they began. */
  get runs(): readonly WatchedRun[] {
    return this.#first ? [this.#first, ...this.#others] : this.#others
  }

  /**
   * Begins to listen for the command's processes and writes the invitation.
   * @param preload absolute path of `dist/preload.cjs`
   * @throws the system's error.
   */
  async open(options: RunOptions, preload: string): Promise<void> {
    await this.#reception.open()
    this.#reception.invite(options, preload)
    // An empty file says that nothing was noted; without one, that is not known.
    writeFileSync(presenceFileOf(this.invitation), '', { mode: 0o600, flag: 'a' })
  }

  /**
   * The command has ended: its invitation is removed, and its exit ends the first run. The exit says nothing about a
   * first process that reported its own end, if that process was one of several or the command exited with code 0.
   * @param exit null when it is not known
   */
  async ended(exit: ProcessExit | null): Promise<void> {
    this.#reception.close()
    const seen = this.#takeNotes()
    const reportedItself = this.#first?.state.ended && (this.#others.length > 0 || exit?.exitCode === 0)
    await this.#first?.processEnded(reportedItself || !exit ? null : { ...exit, ...(seen ? { seen } : {}) })
  }

  /** Stops listening, but leaves the invitation for the next session, which takes the command over. */
  release(): void {
    this.#reception.release()
  }

  /** Reads what the command's processes have noted, and removes it. @returns null where the invitation was not there */
  #takeNotes(): ReadonlySet<Presence> | null {
    const file = presenceFileOf(this.invitation)
    try {
      const lines = readFileSync(file, 'utf8').split('\n')
      rmSync(file, { force: true })
      return new Set(PRESENCES.filter((presence) => lines.includes(presence)))
    } catch {
      return null
    }
  }

  async #admit(join: Join): Promise<Joined | null> {
    if (this.#firstIsTaken && !join.trains) return null
    const first = this.#firstIsTaken ? null : this.#first
    this.#firstIsTaken = true
    const run = first ?? (await this.#begin(join))
    if (!first) this.#others.push(run)
    return run.joined
  }
}
