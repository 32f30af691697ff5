import type { EventBody, RunEvent } from '../protocol/events.ts'
import type { RunState } from '../run/state.ts'
import { interpretExit, type ProcessExit } from './exitReason.ts'
import { sortOut } from './transport/validateReport.ts'
import { Journal } from './history/journal.ts'
import { writeRecord, type RunRecord } from './history/record.ts'
import { RunServer, type Receiver } from './transport/runServer.ts'

/** Milliseconds to wait for the last words of a process that ended; the kernel has them, they only need reading. */
const LAST_WORDS = 2000

/** A run as the session sees it: the only writer of the run's log, and the only one its training process talks to. */
export class WatchedRun {
  readonly id: string
  /** Folder of the run's record. */
  readonly folder: string
  readonly #journal: Journal
  readonly #server: RunServer
  readonly #connection = new Set<(connected: boolean) => void>()
  #record: RunRecord
  #nextOfTrainer: number
  #stopRequested = false
  #released = false
  #over: boolean

  constructor(folder: string, record: RunRecord, state: RunState, options: { helloTimeout?: number } = {}) {
    this.id = record.id
    this.folder = folder
    this.#record = record
    this.#journal = new Journal(record.log, state)
    this.#nextOfTrainer = state.next.trainer
    this.#over = record.ended
    const { address, secret } = record.session
    this.#server = new RunServer({ ...options, address, secret }, this.#receiver())
  }

  /** The fold of the log; changed in place, before the listeners hear of the events. */
  get state(): RunState {
    return this.#journal.state
  }

  /** The run's record as it was last written: script, invitation, process. */
  get record(): Readonly<RunRecord> {
    return this.#record
  }

  /** True while the training process is connected. */
  get connected(): boolean {
    return this.#server.connected
  }

  /** Begins to listen for the training process. @throws AddressInUse or the system's error. */
  listen(): Promise<void> {
    return this.#server.listen()
  }

  /** Calls back with every batch of new events, after they were folded. @returns how to unsubscribe. */
  onEvents(listener: (events: readonly RunEvent[]) => void): () => void {
    return this.#journal.onEvents(listener)
  }

  /** Calls back when the training process connects or its connection is lost. @returns how to unsubscribe. */
  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connection.add(listener)
    return () => this.#connection.delete(listener)
  }

  /**
   * Asks the training process to end itself after the step it is in.
   * @returns false when it is not connected: it hears of it when it connects, and a process that never will has to be
   * ended by whoever started it.
   */
  stop(): boolean {
    this.#stopRequested = true
    return this.#server.stop()
  }

  /** Writes events of the session's own into the log. @throws the file system's error. */
  report(...bodies: EventBody[]): void {
    this.#journal.report(...bodies)
  }

  /**
   * The training process has ended: waits for its last words, then ends the run. Later calls change nothing. A log that
   * cannot be written is shown as a problem.
   * @param told what is known of its end; null where that is no more than it said itself
   */
  async processEnded(told: ProcessExit | null): Promise<void> {
    await this.#lastWords()
    const exit = told ?? { exitCode: this.state.ended?.exitCode ?? 0 }
    const { ended, problems } = interpretExit(exit, this.state, this.#stopRequested)
    this.#end(...problems, ended)
  }

  /**
   * The training process is gone and nobody saw it end (this session was not there, or is not its parent). A log that
   * cannot be written is shown as a problem.
   */
  async processLost(message: string): Promise<void> {
    await this.#lastWords()
    const unseen = { type: 'run ended', exitCode: null, signal: null } as const
    if (this.#stopRequested) this.#end({ ...unseen, how: 'stopped', message: 'Stopped on request.' })
    else this.#end({ ...unseen, how: 'lost', message })
  }

  /** Stops listening and lets go of the log, for good: a run that has not ended belongs to whoever reopens it. */
  dispose(): void {
    this.#released = true
    this.#server.close(this.#over)
    this.#journal.close()
  }

  async #lastWords(): Promise<void> {
    if (this.#over || this.#released) return
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_WORDS)))
    await Promise.race([this.#server.drained(), patience])
    clearTimeout(timer)
  }

  #end(...events: EventBody[]): void {
    if (this.#over || this.#released) return
    this.#over = true
    this.#server.close(true)
    this.#journal.tell(...events)
    this.#journal.close()
    this.#remember({ ended: true })
  }

  #receiver(): Receiver {
    return {
      reporter: () => (this.state.next.trainer > 0 ? this.#record.pid : null),
      admitted: (pid) => {
        this.#mustBeHeld()
        if (pid !== this.#record.pid) this.#remember({ pid })
        // Behind the reply to hello: a client may not be ready for a notification before it.
        if (this.#stopRequested) setImmediate(() => this.#server.stop())
        for (const listener of this.#connection) listener(true)
        return this.#nextOfTrainer
      },
      received: (values) => this.#receive(values),
      left: () => this.#connection.forEach((listener) => listener(false)),
      problem: (message, advice) => {
        if (!this.#over && !this.#released) this.#journal.problem(message, advice)
      },
    }
  }

  #receive(values: readonly unknown[]): number {
    this.#mustBeHeld()
    if (this.#over) return this.#nextOfTrainer
    const { events, problems, next } = sortOut(values, this.#nextOfTrainer, this.state.next.trainer)
    this.#journal.keep(events)
    this.#nextOfTrainer = next
    for (const problem of problems) {
      this.#journal.problem(problem, 'The run goes on. If numbers are missing, please report this.')
    }
    return next
  }

  /** What is still under way on a connection must not be written beside the next session's events. */
  #mustBeHeld(): void {
    if (this.#released) throw new Error('This session has let go of the run.')
  }

  #remember(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change }
    try {
      writeRecord(this.folder, this.#record)
    } catch (error) {
      if (this.#over) return
      const why = error instanceof Error ? error.message : String(error)
      this.#journal.problem(`The run's record cannot be written: ${why}`, 'Make room on the disk.')
    }
  }
}
