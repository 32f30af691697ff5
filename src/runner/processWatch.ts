import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchedRun } from './watchedRun.ts'

/** Milliseconds between two looks at a process. */
const LOOK_EVERY = 1000
/** Milliseconds a living process may stay away; its worker tries to come back every few seconds. */
const PATIENCE = 60_000
/** Milliseconds within which a command that has ended with its process tells so, and a living thread comes back. */
const GRACE = 3000

/**
 * Watches over a run whose process this session did not start: ends the run when the process is gone. A process id
 * that lives on may belong to somebody else by now (after a restart of the machine), so one that does not come
 * back in time is given up as well.
 * @param seen whether this session was there all the time: what ended the process without a word is then most likely a signal
 * @returns how to end the watch.
 */
export function keepVigil(
  run: WatchedRun,
  { lookEvery = LOOK_EVERY, patience = PATIENCE, seen = false } = {},
): () => void {
  let leftAt = Date.now()
  run.onConnection((connected) => {
    if (!connected) leftAt = Date.now()
  })
  const look = (): void => {
    if (run.connected) return
    const away = Date.now() - leftAt
    const gone = isGone(run)
    // A thread may end, and be ended, in a process that goes on.
    const over = gone || run.state.ended !== null || (seen && isThread(run) && away >= GRACE)
    if (!over && away < patience) return
    clearInterval(timer)
    if (over && seen) return void run.processEnded(null)
    const message = gone
      ? 'The training process ended while no window was watching it.'
      : 'The training process did not come back to this window.'
    void run.processLost(message)
  }
  const timer = setInterval(look, lookEvery)
  timer.unref()
  look()
  return () => clearInterval(timer)
}

/**
 * Watches over the run of a command that this session started, whose end it is told. Only a process that is gone without
 * a word while the command goes on has its run ended here: a child that was killed, a thread that was terminated.
 * @returns how to end the watch.
 */
export function keepVigilOfCommand(run: WatchedRun): () => void {
  let goneSince: number | null = null
  const timer = setInterval(() => {
    if (run.record.ended) return clearInterval(timer)
    if (run.connected || run.state.ended || !(isGone(run) || isThread(run))) goneSince = null
    else if (Date.now() - (goneSince ??= Date.now()) >= GRACE) void run.processEnded(null)
  }, LOOK_EVERY)
  timer.unref()
  return () => clearInterval(timer)
}

/** Resolves when a run's process is gone, at once when it never said hello. */
export async function untilGone(run: WatchedRun): Promise<void> {
  while (run.record.pid !== null && isAlive(run.record.pid)) await sleep(LOOK_EVERY / 4, null, { ref: false })
}

function isGone({ record: { pid } }: WatchedRun): boolean {
  return pid !== null && !isAlive(pid)
}

function isThread({ state: { attached } }: WatchedRun): boolean {
  return (attached?.process?.thread ?? 0) > 0
}

/** True when a process of this id exists, be it another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
