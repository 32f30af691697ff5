import path from 'node:path'
import { Invitation, type Join, type Joined, type RunOptions } from '../protocol/handshake.ts'
import type { ProcessExit } from './exitReason.ts'
import { Reception } from './transport/reception.ts'
import { readSecretFile } from './transport/secretFile.ts'
import type { WatchedRun } from './watchedRun.ts'

/** Absolute path of the invitation of the command whose first run has this folder. */
function invitationFile(folder: string): string {
  return path.join(folder, 'invitation.json')
}

/** The invitation of the command whose first run has this folder; null where nobody is invited. */
export function readInvitation(folder: string): Invitation | null {
  return readSecretFile(invitationFile(folder), Invitation)
}

/**
 * A command that was started here, and the runs of its processes. One run is there from the start, so that the command
 * can be shown, and its failure told, before anything trains: the first process that asks gets it. Each further one that
 * trains gets a run of its own.
 */
export class LaunchedCommand {
  /** Absolute path of the invitation. */
  readonly invitation: string
  readonly #first: WatchedRun
  readonly #others: WatchedRun[] = []
  readonly #begin: (join: Join) => Promise<WatchedRun>
  readonly #reception: Reception
  #taken: boolean

  /**
   * @param first the run that is there already
   * @param begin begins a run for a further process
   */
  constructor(first: WatchedRun, begin: (join: Join) => Promise<WatchedRun>) {
    this.#first = first
    this.#taken = first.record.pid !== null || first.record.ended
    this.#begin = begin
    this.invitation = invitationFile(first.folder)
    this.#reception = new Reception(this.invitation, (join) => this.#admit(join))
  }

  /** Its runs so far, in the order in which they began. */
  get runs(): readonly WatchedRun[] {
    return [this.#first, ...this.#others]
  }

  /**
   * Begins to listen, and lays out the invitation.
   * @param preload absolute path of `dist/preload.cjs`
   * @throws the system's error.
   */
  async open(options: RunOptions, preload: string): Promise<void> {
    await this.#reception.open()
    this.#reception.invite(options, preload)
  }

  /**
   * The command has ended: nobody is invited any more. Its end is its first run's, unless that is of a process among
   * several that has said its own, or was survived by the command.
   * @param exit null where nothing is known of how
   */
  async ended(exit: ProcessExit | null): Promise<void> {
    this.#reception.close()
    const saidItself = this.#first.state.ended !== null && (this.#others.length > 0 || exit?.exitCode === 0)
    await this.#first.processEnded(saidItself ? null : exit)
  }

  /** Lets go of the command, which the next session takes over. */
  release(): void {
    this.#reception.release()
  }

  async #admit(join: Join): Promise<Joined | null> {
    if (this.#taken && !join.trains) return null
    const isFirst = !this.#taken
    this.#taken = true
    const run = isFirst ? this.#first : await this.#begin(join)
    if (!isFirst) this.#others.push(run)
    return run.record.session
  }
}
