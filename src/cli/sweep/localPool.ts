import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { ExperimentError } from '../../experiments/experimentError.ts'
import type { Trial, TrialEnd, TrialPool } from '../../experiments/sweep/trialPool.ts'
import { memoryOf } from './processMemory.ts'
import { trialArguments, type TrialProgram } from './trialArguments.ts'

/** Milliseconds between two measurements of memory. */
const MEMORY_INTERVAL_MS = 1000
/** Milliseconds that a trial has to end itself before it is killed. */
const STOP_TIMEOUT_MS = 10_000
/** Bytes of error output that are kept. */
const ERRORS_BYTES = 4096
/** Exit code of `saturation` where nothing was started. */
const USAGE_EXIT_CODE = 2

/** What trials may take of this machine. */
interface PoolLimits {
  /** Trials at once at most. */
  readonly workers: number
  /** Bytes of memory of all trials at once. */
  readonly bytes: number
  /** Threads that each trial may compute with. */
  readonly threads: number
}

/** A trial that runs, with the memory that its processes take. */
interface Running {
  child: ChildProcess
  bytes: number
  peakBytes: number | null
  how: TrialEnd['how']
}

/**
 * Trials as processes of this machine. A further one starts when the memory that is left holds as much as the largest
 * trial so far has taken; where all of them together take too much, the youngest is ended and begun again later, and one
 * that takes too much by itself is ended for good.
 */
export class LocalPool implements TrialPool {
  readonly #program: TrialProgram
  readonly #limits: PoolLimits
  readonly #running: Running[] = []
  /** Most memory that a trial has taken. */
  #largest = 0
  readonly #timer: NodeJS.Timeout

  constructor(program: TrialProgram, limits: PoolLimits) {
    this.#program = program
    this.#limits = limits
    this.#timer = setInterval(() => void this.#lookAtMemory(), MEMORY_INTERVAL_MS)
  }

  hasRoom(): boolean {
    const { workers, bytes } = this.#limits
    if (this.#running.length === 0) return true
    if (this.#running.length >= workers) return false
    // A trial that has just begun will take as much as the others.
    const taken = this.#running.reduce((sum, each) => sum + Math.max(each.bytes, this.#largest), 0)
    return taken + this.#largest <= bytes
  }

  async run(trial: Trial, log: string, signal: AbortSignal): Promise<TrialEnd> {
    const child = spawn(process.execPath, [process.argv[1]!, ...trialArguments(trial, log, this.#program)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.#environment(),
    })
    const running: Running = { child, bytes: 0, peakBytes: null, how: 'ended' }
    this.#running.push(running)
    let errors = Buffer.alloc(0)
    child.stderr.on('data', (chunk: Buffer) => (errors = Buffer.concat([errors, chunk]).subarray(-ERRORS_BYTES)))
    const stop = (): void => this.#stop(running, 'stopped')
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      const exitCode = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', resolve)
      })
      const text = errors.toString()
      if (exitCode === USAGE_EXIT_CODE && !existsSync(log))
        throw new ExperimentError(
          text
            .trim()
            .split('\n')
            .at(-1)
            ?.replace(/^saturation: /, '') || 'No trial can be started.',
        )
      return { how: running.how, exitCode, errors: text, peakBytes: running.peakBytes }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#running.splice(this.#running.indexOf(running), 1)
    }
  }

  /** Ends the watch over the memory. */
  dispose(): void {
    clearInterval(this.#timer)
  }

  #environment(): NodeJS.ProcessEnv {
    const threads = String(this.#limits.threads)
    if (this.#limits.workers === 1) return process.env
    // Trials that each use all cores would wait for each other.
    return {
      TF_NUM_INTRAOP_THREADS: threads,
      TF_NUM_INTEROP_THREADS: threads,
      OMP_NUM_THREADS: threads,
      ...process.env,
    }
  }

  async #lookAtMemory(): Promise<void> {
    const sizes = await memoryOf(this.#running.flatMap(({ child: { pid } }) => pid ?? []))
    for (const running of this.#running) {
      running.bytes = sizes.get(running.child.pid ?? -1) ?? running.bytes
      if (running.bytes > 0) running.peakBytes = Math.max(running.peakBytes ?? 0, running.bytes)
      this.#largest = Math.max(this.#largest, running.bytes)
    }
    const { bytes: limit } = this.#limits
    const tooLarge = this.#running.find(({ bytes }) => bytes > limit)
    if (tooLarge) this.#stop(tooLarge, 'no memory', 'SIGKILL')
    else if (this.#running.reduce((sum, { bytes }) => sum + bytes, 0) > limit)
      this.#stop(this.#running.at(-1)!, 'again')
  }

  #stop(running: Running, how: TrialEnd['how'], signal: NodeJS.Signals = 'SIGTERM'): void {
    if (running.how !== 'ended') return
    running.how = how
    // A training ends soon after the command that started it.
    running.child.kill(signal)
    const timer = setTimeout(() => running.child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    running.child.once('close', () => clearTimeout(timer))
  }
}
