import path from 'node:path'
import { threadId, Worker } from 'node:worker_threads'
import type { EventBody } from '../../protocol/events.ts'
import { Control, isWide, queueOf, type FromWorker, type ToWorker, type WorkerData } from './workerMessages.ts'

/** Longest wait at the process's exit for a session that is not there, for one that is slow to take the last reports, */
const EXIT_WAIT_MS = 1500
const SLOW_SESSION_WAIT_MS = 5000
/** and for the last eigenvalues. */
const SOLVING_WAIT_MS = 60_000

/** Measurements under way at the worker; one more keeps it from waiting for the next step. Of a wide layer's, the memory counts. */
const MOST_QUEUED = 2

/**
 * The training thread's end of the monitor's worker thread. Nothing here waits, except `finish` at the very end: the
 * worker owns the socket and the solver, so reports flow even while this thread never yields to its event loop.
 */
export class Channel {
  readonly #worker: Worker
  readonly #control = new Int32Array(new SharedArrayBuffer(Control.SLOTS * Int32Array.BYTES_PER_ELEMENT))
  #joined = false
  #broken = false

  /**
   * @param onJoined called when the process was given a run
   * @param onBroken called once when the worker has died: there is nobody left to report to.
   */
  constructor(
    given: Omit<WorkerData, 'control' | 'pid' | 'thread'>,
    { onJoined, onBroken }: { onJoined: (run: FromWorker) => void; onBroken: (error: Error) => void },
  ) {
    const workerData: WorkerData = { ...given, control: this.#control, pid: process.pid, thread: threadId }
    // Without execArgv and env of its own the worker would load the user's preloads, and ours again.
    this.#worker = new Worker(path.join(__dirname, 'monitorWorker.cjs'), { workerData, execArgv: [], env: {} })
    const broken = (error: Error): void => {
      if (this.#broken) return
      this.#broken = true
      onBroken(error)
    }
    this.#worker.on('message', onJoined)
    this.#worker.on('error', broken)
    this.#worker.on('exit', (code) => broken(new Error(`exit code ${code}`)))
    // Behind the listeners: one for messages keeps the process alive.
    this.#worker.unref()
  }

  /** Whether the worker has enough to do with layers of this width: a mid-window measurement posted now would only wait. */
  isFull(width: number): boolean {
    return Atomics.load(this.#control, queueOf(width)) >= (isWide(width) ? 1 : MOST_QUEUED)
  }

  /** Asks for a run, once: this process trains. What was reported before waits for it. */
  join(): void {
    if (this.#joined) return
    this.#joined = true
    this.post({ type: 'join' })
  }

  event(body: EventBody): void {
    this.post({ type: 'event', time: Date.now(), body })
  }

  /** Copies the message; nothing is transferred (`sharedCopy` says why). */
  post(message: ToWorker): void {
    if (this.#broken) return
    if (message.type === 'measure' && !message.endOfEpoch) Atomics.add(this.#control, queueOf(message.width), 1)
    this.#worker.postMessage(message)
  }

  /**
   * Blocks until the session has everything. For `process.on('exit')`, where nothing else can run: the last epoch's
   * eigenvalues of a wide model take seconds, and its numbers are the ones that count.
   */
  finish(): void {
    if (this.#broken) return
    this.post({ type: 'finish' })
    const began = performance.now()
    do if (Atomics.wait(this.#control, Control.DELIVERED, 0, EXIT_WAIT_MS) !== 'timed-out') return
    while (performance.now() - began < this.#patience)
  }

  /** How long the end may be waited for as things stand, ms. */
  get #patience(): number {
    if (Atomics.load(this.#control, Control.BUSY) === 1) return SOLVING_WAIT_MS
    return Atomics.load(this.#control, Control.ALONE) === 1 ? EXIT_WAIT_MS : SLOW_SESSION_WAIT_MS
  }
}
