import { spawn, type ChildProcess } from 'node:child_process'
import os from 'node:os'
import type { Launch } from '../../runner/launch/launch.ts'

/** Bytes of error output that are kept, to say why a script failed. */
const STDERR_TAIL_BYTES = 16 * 1024
/** Milliseconds to wait for a script's last output after its end. */
const LAST_OUTPUT_MS = 1000
/** Signals that are passed on to the script. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A child process with output pipes, and how it ended. */
export interface Child {
  process: ChildProcess & { stdout: NonNullable<ChildProcess['stdout']>; stderr: NonNullable<ChildProcess['stderr']> }
  /** Rejects when it could not be started. */
  exited: Promise<{ exitCode: number | null; signal: string | null }>
  /** The end of its error output so far. */
  stderrTail(): string
}

/** Starts the training process with our own standard input; signals that ask us to end are passed on to it. */
export function spawnTraining(launch: Launch): Child {
  // The script writes to a pipe but a person reads it on a terminal. Later entries win, so people's own setting does.
  const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  const child = spawn(launch.command, launch.args, {
    cwd: launch.cwd,
    env: { ...colors, ...process.env, ...launch.env },
    stdio: ['inherit', 'pipe', 'pipe'],
  })
  let tail = Buffer.alloc(0)
  child.stderr.on('data', (chunk: Buffer) => (tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL_BYTES)))
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
  return { process: child, exited, stderrTail: () => tail.toString() }
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
