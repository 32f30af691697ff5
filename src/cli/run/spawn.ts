import { spawn, type ChildProcess } from 'node:child_process'
import os from 'node:os'
import type { Launch } from '../../runner/launch/launch.ts'

/** Bytes of error output that are kept, to say why a script failed. */
const STDERR_TAIL_BYTES = 16 * 1024
/** Milliseconds to wait for a script's last output after its end. */
const LAST_OUTPUT_MS = 1000
/** Signals that are passed on to the script. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A child process, and how it ended. */
export interface Child {
  /** Rejects when it could not be started. */
  exited: Promise<{ exitCode: number | null; signal: string | null }>
  /** The end of its error output so far; empty where that is a terminal, whose text cannot be read. */
  stderrTail(): string
  /** Stops reading its error output, whose other end a grandchild may keep open. */
  release(): void
}

/**
 * Starts the training process with our own standard streams, so that a terminal is a terminal for it as well. Error output
 * that is no terminal is passed on, because its end says why a script failed. Signals that ask us to end are passed on.
 * @param toStderr whether what the script prints goes to the error output
 */
export function spawnTraining(launch: Launch, toStderr = false): Child {
  const child = spawn(launch.command, launch.args, {
    cwd: launch.cwd,
    env: { ...process.env, ...launch.env },
    stdio: ['inherit', toStderr ? 2 : 'inherit', process.stderr.isTTY ? 'inherit' : 'pipe'],
  })
  let tail = Buffer.alloc(0)
  child.stderr?.on('data', (chunk: Buffer) => (tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL_BYTES)))
  child.stderr?.pipe(process.stderr, { end: false })
  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => {
      // Its last output may still be in the pipes. A grandchild may keep them open, so the wait is short.
      const finish = (): void => resolve({ exitCode, signal })
      const timer = setTimeout(finish, LAST_OUTPUT_MS)
      child.once('close', () => (clearTimeout(timer), finish()))
    })
  })
  forwardSignals(child)
  return { exited, stderrTail: () => tail.toString(), release: () => child.stderr?.destroy() }
}

function forwardSignals(child: ChildProcess): void {
  // Ctrl+C in a terminal reaches every foreground process by itself; the script must not get it twice.
  let alreadySent = process.stdin.isTTY ? 1 : 0
  for (const signal of FORWARDED) {
    const forward = (): void => {
      if (signal === 'SIGINT' && alreadySent-- > 0) return
      child.kill(signal)
    }
    process.on(signal, forward)
    child.once('exit', () => process.off(signal, forward))
  }
}

/** Exit code of a command that ran a child: the child's own, or 128 + n after signal n, as shells have it. */
export function exitCodeOf(exit: { exitCode: number | null; signal: string | null }): number {
  if (exit.exitCode !== null) return exit.exitCode
  const number = exit.signal ? os.constants.signals[exit.signal as NodeJS.Signals] : undefined
  return 128 + (number ?? 0)
}
