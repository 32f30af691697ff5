import type { EarlierWidth, EventBody, RunEvent } from '../protocol/events.ts'
import type { RunState } from '../run/state.ts'
import { interpretExit, type ProcessExit } from './exitReason.ts'
import type { Joined } from '../protocol/handshake.ts'
import { Journal } from './history/journal.ts'
import { writeRecord, type RunRecord } from './history/record.ts'
import { covariancesFileOf, weightsFileOf } from './history/weightsFile.ts'
import { stopIsRequested } from './history/stopRequest.ts'
import type { ListedRun } from './listedRun.ts'
import { RunServer, type Receiver } from './transport/runServer.ts'
import { validateReport } from './transport/validateReport.ts'

/**
 * Milliseconds to wait for the last messages of a process that ended: the kernel holds them, they only need reading.
 */
const DRAIN_TIMEOUT_MS = 2000

/** A run that this session watches. It is the only writer of the run's log, and talks to the run's training process. */
export class WatchedRun implements ListedRun {
  readonly id: string
  readonly folder: string
  readonly #journal: Journal
  readonly #server: RunServer
  readonly #connectionListeners = new Set<(connected: boolean) => void>()
  #record: RunRecord
  /** The `seq` expected next of the training process. */
  #nextOfTrainer: number
  /** Why the run was asked to stop, as the begin of a sentence; null where it was not. */
  #stopReason: string | null = null
  #released = false
  #ended: boolean
  /** Settles when the widths of earlier runs are in the log. */
  #earlierWidths: Promise<void> = Promise.resolve()

  constructor(folder: string, record: RunRecord, state: RunState, options: { helloTimeout?: number } = {}) {
    this.id = record.id
    this.folder = folder
    this.#record = record
    this.#journal = new Journal(record.log, state)
    this.#nextOfTrainer = state.next.trainer
    this.#ended = record.ended
    const { address, secret } = record.session
    this.#server = new RunServer({ ...options, address, secret }, this.#receiver())
  }

  /** The fold of the log; changed in place, before the listeners are called. */
  get state(): RunState {
    return this.#journal.state
  }

  /** The run's record as it was last written. */
  get record(): Readonly<RunRecord> {
    return this.#record
  }

  /** Why the log lacks something of the run; null when it is complete. */
  get logIncomplete(): string | null {
    return this.#journal.incomplete
  }

  /** What the training process needs in order to report to this run. */
  get joined(): Joined {
    const { session, log } = this.#record
    return { ...session, weights: weightsFileOf(log), covariances: covariancesFileOf(log) }
  }

  /** True while the training process is connected. */
  get connected(): boolean {
    return this.#server.connected
  }

  /** Begins to listen for the training process. @throws AddressInUse or the system's error. */
  listen(): Promise<void> {
    return this.#server.listen()
  }

  onEvents(listener: (events: readonly RunEvent[]) => void): () => void {
    return this.#journal.onEvents(listener)
  }

  /** Calls back when the training process connects or disconnects. @returns a function that unsubscribes. */
  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connectionListeners.add(listener)
    return () => this.#connectionListeners.delete(listener)
  }

  /**
   * Asks the training process to end itself after its current step.
   * @param reason the begin of the sentence that says so at the run's end
   * @returns false when the process is not connected. It gets the request if it connects later; a process that never
   * connects has to be ended by whoever started it.
   */
  stop(reason = 'Stopped on request'): boolean {
    this.#stopReason ??= reason
    return this.#server.stop()
  }

  /** Writes events of the session's own into the log. @throws the file system's error. */
  report(...bodies: EventBody[]): void {
    this.#journal.report(...bodies)
  }

  /**
   * Writes the widths of earlier runs of the script into the log once they are known. The run does not end before, so
   * that the next run learns of them even from one that failed at once.
   * @param reading must not reject
   */
  noteEarlierWidths(reading: Promise<EarlierWidth[]>): void {
    this.#earlierWidths = reading.then((layers) => {
      if (layers.length > 0 && !this.#ended && !this.#released)
        this.#journal.tryReport({ type: 'earlier widths', layers })
    })
  }

  /**
   * Ends the run after its training process has ended; the last messages of the process are read first. Later calls
   * change nothing. A log that cannot be written is shown as a problem.
   * @param exit how the process ended; null when nothing is known beyond what the process itself reported
   */
  async processEnded(exit: ProcessExit | null): Promise<void> {
    await this.#drain()
    const known = exit ?? { exitCode: this.state.ended?.exitCode ?? 0 }
    const { ended, problems } = interpretExit(known, this.state, this.#stopReason, this.#journal.incomplete !== null)
    this.#end(...problems, ended)
  }

  /**
   * Ends the run after its training process has vanished without this session learning how it ended. A log that cannot
   * be written is shown as a problem.
   */
  async processLost(message: string): Promise<void> {
    await this.#drain()
    const unknown = { type: 'run ended', exitCode: null, signal: null } as const
    if (this.#stopReason !== null) this.#end({ ...unknown, how: 'stopped', message: `${this.#stopReason}.` })
    else this.#end({ ...unknown, how: 'lost', message })
  }

  /**
   * Stops listening and closes the log for good. A run that has not ended can then be taken over by another session.
   */
  dispose(): void {
    this.#released = true
    this.#server.close(this.#ended)
    this.#journal.close()
  }

  async #drain(): Promise<void> {
    if (this.#ended || this.#released) return
    await Promise.all([this.#server.drained(DRAIN_TIMEOUT_MS), this.#earlierWidths])
  }

  #end(...events: EventBody[]): void {
    if (this.#ended || this.#released) return
    this.#ended = true
    this.#server.close(true)
    this.#journal.tryReport(...events)
    this.#journal.close()
    this.#updateRecord({ ended: true, log: this.#journal.file })
  }

  #receiver(): Receiver {
    return {
      reporter: () => (this.state.next.trainer > 0 ? this.#record.pid : null),
      admitted: (pid) => {
        this.#assertNotReleased()
        if (pid !== this.#record.pid) this.#updateRecord({ pid })
        // After the reply to hello: a client may not expect a notification before it.
        if (this.#stopReason !== null) setImmediate(() => this.#server.stop())
        for (const listener of this.#connectionListeners) listener(true)
        return this.#nextOfTrainer
      },
      received: (values) => this.#receive(values),
      look: () => {
        if (this.#stopReason === null && stopIsRequested(this.folder)) this.stop()
      },
      disconnected: () => this.#connectionListeners.forEach((listener) => listener(false)),
      problem: (message, advice) => {
        if (!this.#ended && !this.#released) this.#journal.problem(message, advice)
      },
    }
  }

  #receive(values: readonly unknown[]): number {
    this.#assertNotReleased()
    if (this.#ended) return this.#nextOfTrainer
    const { events, problems, next } = validateReport(values, this.#nextOfTrainer, this.state.next.trainer)
    this.#journal.append(events)
    this.#nextOfTrainer = next
    for (const problem of problems) {
      this.#journal.problem(problem, 'The run goes on. If numbers are missing, please report this.')
    }
    return next
  }

  /** Messages that arrive late on a connection must not be written: another session may be writing the log by now. */
  #assertNotReleased(): void {
    if (this.#released) throw new Error('This session has let go of the run.')
  }

  #updateRecord(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change }
    try {
      writeRecord(this.folder, this.#record)
    } catch (error) {
      if (this.#ended) return
      const why = error instanceof Error ? error.message : String(error)
      this.#journal.problem(`The run's record cannot be written: ${why}`, 'Make room on the disk.')
    }
  }
}
