import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchedRun } from './watchedRun.ts'

/** Milliseconds between two looks at a process. */
const LOOK_EVERY = 1000
/** Milliseconds a living process may stay away; its worker tries to come back every few seconds. */
const PATIENCE = 60_000
/** Milliseconds within which a command that has ended with its process tells so. */
const LAST_WORDS_OF_COMMAND = 3000

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
  let deadline = Date.now() + patience
  run.onConnection((connected) => {
    if (!connected) deadline = Date.now() + patience
  })
  const look = (): void => {
    if (run.connected) return
    const gone = isGone(run)
    // A thread that has said its last word may be one of a process that goes on.
    const over = gone || run.state.ended !== null
    if (!over && Date.now() < deadline) return
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
 * a word while the command goes on has its run ended here: a child that was killed.
 * @returns how to end the watch.
 */
export function keepVigilOfCommand(run: WatchedRun): () => void {
  let goneSince: number | null = null
  const timer = setInterval(() => {
    if (run.record.ended) return clearInterval(timer)
    if (run.connected || run.state.ended || !isGone(run)) goneSince = null
    else if (Date.now() - (goneSince ??= Date.now()) >= LAST_WORDS_OF_COMMAND) void run.processEnded(null)
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

/** True when a process of this id exists, be it another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
