import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchedRun } from './watchedRun.ts'

/** Milliseconds between two looks at a process. */
const LOOK_EVERY = 1000
/** Milliseconds a living process may stay away; its worker tries to come back every few seconds. */
const PATIENCE = 60_000

/**
 * Watches over a run whose process this session did not start: ends the run when the process is gone. A process id
 * that lives on may belong to somebody else by now (after a restart of the machine), so one that does not come
 * back in time is given up as well.
 * @param inTerminal whether it was started by hand in a terminal: what ended it without a word is then most likely Ctrl+C
 * @returns how to end the watch.
 */
export function keepVigil(
  run: WatchedRun,
  { lookEvery = LOOK_EVERY, patience = PATIENCE, inTerminal = false } = {},
): () => void {
  let deadline = Date.now() + patience
  run.onConnection((connected) => {
    if (!connected) deadline = Date.now() + patience
  })
  const look = (): void => {
    if (run.connected) return
    const { pid } = run.record
    const gone = pid !== null && !isAlive(pid)
    if (!gone && Date.now() < deadline) return
    clearInterval(timer)
    if (gone && inTerminal) return void run.processEnded(null)
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

/** Resolves when a run's process is gone, at once when it never said hello. */
export async function untilGone(run: WatchedRun): Promise<void> {
  while (run.record.pid !== null && isAlive(run.record.pid)) await sleep(LOOK_EVERY / 4, null, { ref: false })
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
