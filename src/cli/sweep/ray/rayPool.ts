import { appendFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ExperimentError } from '../../../experiments/experimentError.ts'
import type { Trial, TrialEnd, TrialPool } from '../../../experiments/sweep/trialPool.ts'
import { shellWords } from '../../rightsize/reproduce.ts'
import type { TrialProgram } from '../trialArguments.ts'
import { hasEnded, NoAnswer, RayJobs, type RayJob, type RaySubmission } from './rayJobs.ts'
import type { RelayedTrial } from './relay.ts'
import { RelayedOutput } from './relayedLines.ts'

/** Milliseconds between two looks at a job at least. */
const LOOK_INTERVAL_MS = 1000
/** Share of the time that reading a job's output may take: Ray sends all of it each time. */
const READING_SHARE = 0.2
/** Milliseconds that the engine may be silent. */
const SILENCE_MS = 60_000
/** How many more times the output of a job is read that has succeeded, when its last line is missing. */
const LAST_LOOKS = 3
/** How many times a trial is begun at most. */
const MAX_STARTS = 4
/** Metadata of a job: which study it is of. */
const STUDY_KEY = 'saturation_study'

/** What trials may take of the engine. */
interface RayLimits {
  /** Trials at once at most; null for one on each processor. */
  readonly workers: number | null
  /** Bytes of memory of all trials at once; null for most of what each node has. */
  readonly bytes: number | null
}

/**
 * Trials as jobs of a Ray cluster, by its HTTP API. The nodes have to see the working folder, this program and the packages
 * at the same paths. A trial's events come back in the output of its job.
 */
export class RayPool implements TrialPool {
  readonly #jobs: RayJobs
  readonly #program: TrialProgram
  readonly #limits: RayLimits
  readonly #study: string
  readonly #starts = new Map<string, number>()
  #processors: readonly number[]
  #running = 0

  private constructor(
    jobs: RayJobs,
    program: TrialProgram,
    limits: RayLimits,
    study: string,
    processors: readonly number[],
  ) {
    this.#jobs = jobs
    this.#program = program
    this.#limits = limits
    this.#study = study
    this.#processors = processors
  }

  /**
   * Connects with an engine, and stops what an earlier command that was killed has left there of the same study.
   * @param address as engineAddress gives it
   * @param folder absolute path of the study
   * @throws ExperimentError when the engine cannot be reached or has no processors.
   */
  static async connect(address: string, folder: string, program: TrialProgram, limits: RayLimits): Promise<RayPool> {
    const jobs = new RayJobs(address)
    const study = `${os.hostname()}:${folder}`
    const processors = await jobs.processors()
    if (sum(processors) < 1) throw new ExperimentError(`The engine at ${address} has no node with a processor.`)
    for (const id of await jobs.unended(STUDY_KEY, study)) await jobs.stop(id)
    return new RayPool(jobs, program, limits, study, processors)
  }

  hasRoom(): boolean {
    return this.#running === 0 || this.#running < this.#slots
  }

  async run(trial: Trial, log: string, signal: AbortSignal): Promise<TrialEnd> {
    this.#running++
    try {
      const starts = (this.#starts.get(trial.file) ?? 0) + 1
      this.#starts.set(trial.file, starts)
      if (starts > MAX_STARTS)
        throw new ExperimentError(
          `The engine at ${this.#jobs.address} has lost ${trial.network} ${MAX_STARTS} times. What has ended is kept.`,
        )
      const id = `saturation-${randomUUID()}`
      await this.#submit(this.#submission(id, trial))
      const end = await this.#follow(id, log, signal)
      // Nodes come and go.
      if (end.how === 'lost') this.#processors = await this.#jobs.processors().catch(() => this.#processors)
      return end
    } finally {
      this.#running--
    }
  }

  /** Nothing is open between two requests. */
  dispose(): void {}

  get #slots(): number {
    return Math.max(1, Math.min(this.#limits.workers ?? Infinity, Math.floor(sum(this.#processors))))
  }

  #submission(id: string, trial: Trial): RaySubmission {
    const slots = this.#slots
    const largest = Math.floor(Math.max(...this.#processors))
    const cpus = Math.max(1, Math.min(largest, Math.floor(sum(this.#processors) / slots)))
    const bytes = this.#limits.bytes === null ? null : this.#limits.bytes / slots
    const relayed: RelayedTrial = { trial, program: this.#program, bytes }
    const command = [process.execPath, path.resolve(process.argv[1]!), 'relay', JSON.stringify(relayed)]
    const threads = String(cpus)
    return {
      submission_id: id,
      entrypoint: `cd ${shellWords([process.cwd()])} && exec ${shellWords(command)}`,
      entrypoint_num_cpus: cpus,
      runtime_env: {
        env_vars: {
          TF_NUM_INTRAOP_THREADS: threads,
          TF_NUM_INTEROP_THREADS: threads,
          OMP_NUM_THREADS: threads,
        },
      },
      metadata: { name: trial.network, [STUDY_KEY]: this.#study },
    }
  }

  /** Submits a job, also where the engine is busy for a while. */
  async #submit(submission: RaySubmission): Promise<void> {
    const since = Date.now()
    for (;;) {
      try {
        return await this.#jobs.submit(submission)
      } catch (error) {
        // Where only the answer was lost, Ray has the job.
        if (await this.#jobs.job(submission.submission_id).catch(() => null)) return
        if (!(error instanceof NoAnswer) || Date.now() - since > SILENCE_MS) throw error
        await delay(LOOK_INTERVAL_MS)
      }
    }
  }

  /** Appends a job's events to the log until the job has ended. */
  async #follow(id: string, log: string, signal: AbortSignal): Promise<TrialEnd> {
    const output = new RelayedOutput()
    let heardAt = Date.now()
    let isStopped = false
    for (;;) {
      let readingMs = 0
      try {
        if (signal.aborted && !isStopped) {
          await this.#jobs.stop(id)
          isStopped = true
        }
        const job = await this.#jobs.job(id)
        heardAt = Date.now()
        await this.#read(id, output, log)
        readingMs = Date.now() - heardAt
        if (hasEnded(job.status)) {
          for (let looks = 0; looks < LAST_LOOKS && job.status === 'SUCCEEDED' && !output.end; looks++) {
            await delay(LOOK_INTERVAL_MS)
            await this.#read(id, output, log)
          }
          return this.#endOf(job, output, isStopped)
        }
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        if (Date.now() - heardAt > SILENCE_MS)
          throw new ExperimentError(
            `${error.message} What has ended is kept: the same command goes on when the engine is back.`,
          )
      }
      const pause = Math.max(LOOK_INTERVAL_MS, readingMs / READING_SHARE)
      await delay(pause, undefined, signal.aborted ? {} : { signal }).catch(() => undefined)
    }
  }

  /** Takes what is new of a job's output. Nothing can be read where its node is gone: its status says so soon. */
  async #read(id: string, output: RelayedOutput, log: string): Promise<void> {
    const text = await this.#jobs.output(id).catch((error: unknown) => {
      if (error instanceof NoAnswer) return ''
      throw error
    })
    const lines = output.take(text)
    if (lines !== '') await appendFile(log, lines, { mode: 0o600 }).catch(cannotWrite(log))
  }

  #endOf({ status, message, driver_exit_code: exitCode }: RayJob, output: RelayedOutput, isStopped: boolean): TrialEnd {
    const { end, other } = output
    if (end && 'cannotStart' in end) throw new ExperimentError(end.cannotStart)
    const nothing = { exitCode: null, errors: '', peakBytes: null }
    if (isStopped) return { ...nothing, ...end, how: 'stopped' }
    // Without an end its node has died, or somebody has stopped the job by other means.
    if (end) return end.how === 'stopped' ? { ...end, how: 'lost' } : end
    if (status === 'FAILED' && exitCode !== null && output.hasEvents)
      return { ...nothing, how: 'ended', exitCode, errors: other ?? '' }
    if (status === 'FAILED' && exitCode !== null)
      throw new ExperimentError(
        `A node of the engine at ${this.#jobs.address} cannot start a trial: ${other ?? message ?? `exit code ${exitCode}`} (its nodes have to see this folder, node and saturation at the same paths).`,
      )
    return { ...nothing, how: 'lost' }
  }
}

function cannotWrite(log: string): (error: Error) => never {
  return ({ message }) => {
    throw new ExperimentError(`The log ${log} cannot be written: ${message}. What has ended before is kept.`)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
