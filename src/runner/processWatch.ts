import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './processAlive.ts'
import type { WatchedRun } from './watchedRun.ts'

/** Milliseconds between two checks of a process. */
const CHECK_INTERVAL_MS = 1000
/** Milliseconds between two checks while the end of a process is waited for. */
const END_CHECK_INTERVAL_MS = 250
/** Milliseconds that a living process may stay disconnected; its worker tries to reconnect every few seconds. */
const MAX_DISCONNECTED_MS = 60_000
/**
 * Milliseconds that a thread, or the process of a command started here, may stay disconnected before its run ends.
 * Within this time a living thread reconnects, and a command that ended together with its process reports its own end.
 */
const DISCONNECTED_GRACE_MS = 3000

/**
 * Watches the process of a run that this session did not start, and ends the run when the process is gone. A process
 * that does not reconnect in time is given up as well: after a restart of the machine its id may belong to another
 * process.
 * @param options.fromStart whether this session has watched the process from its start. If so, a process that vanished
 * without reporting its end was most likely ended by a signal.
 * @returns a function that ends the watch.
 */
export function watchProcess(run: WatchedRun, { fromStart = false } = {}): () => void {
  let disconnectedAt = performance.now()
  run.onConnection((connected) => {
    if (!connected) disconnectedAt = performance.now()
  })
  const check = (): void => {
    if (run.connected) return
    const disconnectedFor = performance.now() - disconnectedAt
    const gone = isGone(run)
    // A thread may end, or be terminated, while its process goes on.
    const threadGone = fromStart && isThread(run) && disconnectedFor >= DISCONNECTED_GRACE_MS
    const over = gone || run.state.ended !== null || threadGone
    if (!over && disconnectedFor < MAX_DISCONNECTED_MS) return
    clearInterval(timer)
    if (over && fromStart) return void run.processEnded(null)
    const message = gone
      ? 'The training process ended while no window was watching it.'
      : 'The training process did not come back to this window.'
    void run.processLost(message)
  }
  const timer = setInterval(check, CHECK_INTERVAL_MS)
  timer.unref()
  check()
  return () => clearInterval(timer)
}

/**
 * Watches the first run of a command that this session started. The end of the command normally ends the run. This
 * watch ends it when its process or thread is gone without reporting its end while the command goes on: a child process
 * that was killed, a thread that was terminated.
 * @returns a function that ends the watch.
 */
export function watchProcessOfCommand(run: WatchedRun): () => void {
  let goneSince: number | null = null
  const timer = setInterval(() => {
    if (run.record.ended) return clearInterval(timer)
    if (run.connected || run.state.ended || !(isGone(run) || isThread(run))) goneSince = null
    else if (performance.now() - (goneSince ??= performance.now()) >= DISCONNECTED_GRACE_MS) void run.processEnded(null)
  }, CHECK_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Resolves when a run's process is gone; at once if the process never said hello. */
export async function untilGone(run: WatchedRun): Promise<void> {
  while (run.record.pid !== null && isAlive(run.record.pid)) await sleep(END_CHECK_INTERVAL_MS, null, { ref: false })
}

function isGone({ record: { pid } }: WatchedRun): boolean {
  return pid !== null && !isAlive(pid)
}

function isThread({ state: { attached } }: WatchedRun): boolean {
  return (attached?.process?.thread ?? 0) > 0
}
