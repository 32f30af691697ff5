import path from 'node:path'
import { threadId, Worker } from 'node:worker_threads'
import type { EventBody } from '../../protocol/events.ts'
import { EventBatch } from './eventBatch.ts'
import { Control, isWide, queueOf, type FromWorker, type ToWorker, type WorkerData } from './workerMessages.ts'

/** Longest wait at the process's exit while no session listens, ms. It is also the interval of looking again. */
const NO_SESSION_WAIT_MS = 1500
/** Longest wait at the process's exit for a session that is slow to take the last reports, ms. */
const SLOW_SESSION_WAIT_MS = 5000
/** Longest wait at the process's exit for the last eigenvalues, ms. */
const SOLVING_WAIT_MS = 60_000

/**
 * Most mid-window measurements of narrow layers at the worker: the one being solved, and one more, so that the worker
 * need not wait for the next step.
 */
const MAX_QUEUED_NARROW = 2
/** Most mid-window measurements of wide layers at the worker, because of their memory. */
const MAX_QUEUED_WIDE = 1

/**
 * The training thread's end of the connection to the monitor's worker thread. The worker owns the socket and the
 * solver, so that it reports even while this thread never yields to its event loop. Only `finish` blocks this thread.
 */
export class Channel {
  readonly #worker: Worker
  readonly #control = new Int32Array(new SharedArrayBuffer(Control.SLOTS * Int32Array.BYTES_PER_ELEMENT))
  readonly #events = new EventBatch((events) => this.#send({ type: 'events', events }))
  #joined = false
  #broken = false

  /**
   * @param onJoined called when the process was given a run
   * @param onBroken called once when the worker has died, after which nothing can be reported through this channel.
   */
  constructor(
    given: Omit<WorkerData, 'control' | 'pid' | 'thread'>,
    { onJoined, onBroken }: { onJoined: (run: FromWorker) => void; onBroken: (error: Error) => void },
  ) {
    const workerData: WorkerData = { ...given, control: this.#control, pid: process.pid, thread: threadId }
    // Without its own execArgv and env, the worker would load the user's preloads, and ours again.
    // Its output is not wanted: Node would pass it on to the program's streams, which it then makes, and listens to.
    const streams = { stdout: true, stderr: true }
    this.#worker = new Worker(path.join(__dirname, 'monitorWorker.cjs'), {
      workerData,
      execArgv: [],
      env: {},
      ...streams,
    })
    const broken = (error: Error): void => {
      if (this.#broken) return
      this.#broken = true
      onBroken(error)
    }
    this.#worker.on('message', onJoined)
    this.#worker.on('error', broken)
    this.#worker.on('exit', (code) => broken(new Error(`exit code ${code}`)))
    // After the listeners are added: one for messages makes the worker keep the process alive.
    this.#worker.unref()
  }

  /** Whether the worker is so busy with layers of this width that a mid-window measurement posted now would wait. */
  isFull(width: number): boolean {
    return Atomics.load(this.#control, queueOf(width)) >= (isWide(width) ? MAX_QUEUED_WIDE : MAX_QUEUED_NARROW)
  }

  /** Asks for a run, once, because this process trains. Earlier reports wait in the worker until there is one. */
  join(): void {
    if (this.#joined) return
    this.#joined = true
    this.post({ type: 'join' })
  }

  event(body: EventBody): void {
    if (!this.#broken) this.#events.add(body)
  }

  /** Posts a copy of the message, after the events before it; nothing is transferred (`sharedCopy` explains why). */
  post(message: ToWorker): void {
    this.#events.flush()
    this.#send(message)
  }

  #send(message: ToWorker): void {
    if (this.#broken) return
    if (message.type === 'measure' && !message.endOfEpoch) Atomics.add(this.#control, queueOf(message.width), 1)
    this.#worker.postMessage(message)
  }

  /**
   * Blocks until the session has everything. For `process.on('exit')`, where nothing else can run. The last epoch's
   * eigenvalues of a wide model take seconds, and they are the ones that count.
   */
  finish(): void {
    if (this.#broken) return
    this.post({ type: 'finish' })
    const began = performance.now()
    do if (Atomics.wait(this.#control, Control.DELIVERED, 0, NO_SESSION_WAIT_MS) !== 'timed-out') return
    while (performance.now() - began < this.#exitWaitMs)
  }

  /** Longest wait at the exit in the worker's present state, ms. */
  get #exitWaitMs(): number {
    if (Atomics.load(this.#control, Control.BUSY) === 1) return SOLVING_WAIT_MS
    return Atomics.load(this.#control, Control.ALONE) === 1 ? NO_SESSION_WAIT_MS : SLOW_SESSION_WAIT_MS
  }
}
