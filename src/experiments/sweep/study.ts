import path from 'node:path'
import {
  comparedMetric,
  metricCurve,
  metricNames,
  metricOf,
  type ComparedMetric,
} from '../../comparison/comparedMetric.ts'
import { failureOf } from '../../comparison/failure.ts'
import { noiseOf, tolerated } from '../../comparison/noise.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'
import { ExperimentError } from '../experimentError.ts'
import { isHopeless } from '../stopping/hopeless.ts'
import type { TrainedProgram } from '../kept/sameTraining.ts'
import { epochsOfFit } from '../training.ts'
import type { TriedCandidate } from '../tryCandidates.ts'
import { FollowedLog } from './followedLog.ts'
import { removeTrial, writeOutcome, type Outcome } from './outcome.ts'
import { BASELINE, earlierResult, outcomeOf, trialsOf, type TrialResult } from './trials.ts'
import type { Trial, TrialPool } from './trialPool.ts'

/** Milliseconds between two looks at the trials that run. */
const LOOK_INTERVAL_MS = 500

/** What a study consists of. */
export interface StudyPlan {
  readonly program: Omit<TrainedProgram, 'overrides'>
  readonly networks: readonly TriedCandidate[]
  /** Overrides that all networks have, the script as it is included. */
  readonly set: readonly Override[]
  /** How many times each network is trained. */
  readonly repeats: number
  /** The metric to compare by; null for the one that counts. */
  readonly metric: string | null
  /** Whether trials are given up whose metric cannot come back to that of the script as it is. */
  readonly givesUp: boolean
  /** Absolute path. */
  readonly folder: string
}

/** A trial that runs. */
export interface RunningTrial {
  readonly trial: Trial
  readonly log: FollowedLog
  readonly startedAt: number
}

/** A trial that was ended before its time: to make room for others, or because its machine is gone. */
export interface BegunAgain {
  readonly network: string
  readonly how: 'again' | 'lost'
}

/** How far a study has come. */
export interface StudyProgress {
  readonly results: readonly TrialResult[]
  /** How many of them an earlier command has left. */
  readonly earlier: number
  readonly running: readonly RunningTrial[]
  /** Trials that were ended before their time and wait to be begun again, in the order of their ends. */
  readonly begunAgain: readonly BegunAgain[]
  readonly waiting: number
}

/**
 * Trains the script as it is and then each network, several at a time where the pool has room. Each outcome is written
 * when its trial has ended, and a trial that an earlier command finished is not repeated. A trial that fails is a result.
 */
export class Study {
  readonly #plan: StudyPlan
  readonly #pool: TrialPool
  readonly #signal: AbortSignal
  readonly #report: (progress: StudyProgress) => void
  readonly #results: TrialResult[] = []
  readonly #running = new Map<Trial, RunningTrial>()
  readonly #begunAgain: BegunAgain[] = []
  #queue: Trial[] = []
  #earlier = 0
  #metric: ComparedMetric | null = null
  #failure: Error | null = null

  /**
   * @param signal interrupts the study: trials that run are ended, and have no result
   * @param report called about every half second, and after each trial
   */
  constructor(plan: StudyPlan, pool: TrialPool, signal: AbortSignal, report: (progress: StudyProgress) => void) {
    this.#plan = plan
    this.#pool = pool
    this.#signal = signal
    this.#report = report
  }

  /**
   * Trains all that is planned.
   * @returns the results so far, in the order of the plan, where the study was interrupted
   * @throws ExperimentError when the script as it is fails, no trial can be started, or outcomes cannot be written.
   */
  async run(): Promise<readonly TrialResult[]> {
    const { networks, set, repeats } = this.#plan
    const script = { file: BASELINE, name: BASELINE, overrides: [] }
    const [first, ...again] = trialsOf(script, set, repeats, true)
    this.#queue = [first!]
    await this.#runQueue()
    const baseline = this.#baseline
    if (!baseline) return this.#results
    const { outcome, state } = baseline
    if (outcome.how !== 'completed')
      throw new ExperimentError(
        outcome.how === 'out of memory'
          ? 'The script as it is takes more memory than all trials may take together: --memory MB raises that.'
          : `The training of the script as it is failed. ${failureOf(state) ?? outcome.reason ?? ''}`,
      )
    this.#metric = comparedMetric([state], this.#plan.metric)
    if (this.#plan.metric !== null && !this.#metric) {
      const known = metricNames(state)
      throw new ExperimentError(
        `There is no metric ${this.#plan.metric}. The training reports ${known.length === 0 ? 'none' : known.join(', ')}.`,
      )
    }
    const evaluates = this.#metric?.source === 'proof'
    const trials = networks.flatMap((network) => trialsOf(network, set, repeats, evaluates))
    const repeated = again.map((trial) => ({ ...trial, evaluates }))
    const order = [...repeated.slice(0, 1), ...trials, ...repeated.slice(1)]
    this.#queue = order.sort((a, b) => a.repeat - b.repeat)
    // Whether the script fixes its random numbers decides about all further repeats.
    if (repeated[0]) this.#queue = [repeated[0], ...this.#queue.filter((trial) => trial !== repeated[0])]
    await this.#runQueue()
    const position = new Map([...[first!, ...repeated], ...trials].map(({ file }, i) => [file, i]))
    return [...this.#results].sort((a, b) => position.get(a.trial.file)! - position.get(b.trial.file)!)
  }

  get #baseline(): TrialResult | null {
    return this.#results.find(({ trial }) => trial.network === BASELINE && trial.repeat === 1) ?? null
  }

  async #runQueue(): Promise<void> {
    const { folder, program } = this.#plan
    this.#queue = this.#queue.filter((trial) => {
      const earlier = earlierResult(trial, folder, this.#logOf(trial), program)
      if (earlier) {
        this.#results.push(earlier)
        this.#earlier++
      }
      return !earlier
    })
    this.#withoutVainRepeats()
    const ends = new Set<Promise<void>>()
    for (;;) {
      while (this.#queue.length > 0 && !this.#signal.aborted && !this.#failure && this.#pool.hasRoom()) {
        const end: Promise<void> = this.#start(this.#queue.shift()!).finally(() => ends.delete(end))
        ends.add(end)
      }
      for (const { log } of this.#running.values()) log.update()
      this.#report({
        results: this.#results,
        earlier: this.#earlier,
        running: [...this.#running.values()],
        begunAgain: this.#begunAgain,
        waiting: this.#queue.length,
      })
      if (ends.size === 0 && (this.#queue.length === 0 || this.#signal.aborted || this.#failure)) break
      await Promise.race([...ends, new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS))])
    }
    if (this.#failure) throw this.#failure
  }

  /** Runs one trial to its end and notes its result. Never rejects. */
  async #start(trial: Trial): Promise<void> {
    const log = new FollowedLog(this.#logOf(trial))
    try {
      // Before it is followed: what an interrupted trial has left there is no part of this one.
      removeTrial(this.#plan.folder, trial.file, this.#logOf(trial))
    } catch (error) {
      this.#failure ??= new ExperimentError(`${trial.network} cannot be trained: ${(error as Error).message}`)
      return
    }
    const running = { trial, log, startedAt: Date.now() }
    this.#running.set(trial, running)
    const stop = new AbortController()
    const interrupt = (): void => stop.abort()
    this.#signal.addEventListener('abort', interrupt)
    let isHopeless = false
    const look = setInterval(() => {
      if (!this.#isHopeless(running)) return
      isHopeless = true
      stop.abort()
    }, LOOK_INTERVAL_MS)
    try {
      const end = await this.#pool.run(trial, this.#logOf(trial), stop.signal)
      log.update()
      if (end.how === 'again' || end.how === 'lost') {
        this.#queue.unshift(trial)
        if (!this.#signal.aborted) this.#begunAgain.push({ network: trial.network, how: end.how })
      } else if (!(end.how === 'stopped' && this.#signal.aborted)) {
        const seconds = (Date.now() - running.startedAt) / 1000
        this.#note(trial, log.state, outcomeOf(trial, log.state, { ...end, seconds, isHopeless }))
      }
    } catch (error) {
      this.#failure ??= error as Error
      // What else runs goes on to its end, so that nothing is lost.
    } finally {
      clearInterval(look)
      this.#signal.removeEventListener('abort', interrupt)
      this.#running.delete(trial)
    }
  }

  #note(trial: Trial, state: RunState, outcome: Outcome): void {
    const { folder } = this.#plan
    this.#results.push({ trial, outcome, state })
    try {
      writeOutcome(folder, trial.file, outcome)
    } catch (error) {
      const why = (error as Error).message
      this.#failure ??= new ExperimentError(
        `The result of ${trial.network} cannot be written to ${folder}: ${why}. What has ended before is kept: make room, and the same command goes on.`,
      )
    }
    this.#withoutVainRepeats()
  }

  /** Repeats would show nothing where the script fixes its random numbers. */
  #withoutVainRepeats(): void {
    const own = this.#results.filter(({ trial, outcome }) => trial.network === BASELINE && outcome.how === 'completed')
    if (own.length < 2) return
    const values = own.map(({ state: { lastEpoch, loss } }) => JSON.stringify(lastEpoch?.metrics ?? loss.y))
    if (values.every((value) => value === values[0])) this.#queue = this.#queue.filter(({ repeat }) => repeat === 1)
  }

  /** Whether a trial cannot come back to the metric of the script as it is. */
  #isHopeless({ trial, log: { epochs } }: RunningTrial): boolean {
    const [metric, baseline] = [this.#metric, this.#baseline]
    if (!this.#plan.givesUp || !metric || !baseline || metric.source !== 'epochs' || trial.network === BASELINE)
      return false
    const value = metricOf(baseline.state, metric)
    const own = trial.overrides.find(({ layer, property }) => layer === 'fit' && property === 'epochs')
    const count = typeof own?.value === 'number' ? own.value : metricCurve(baseline.state, metric).length
    if (value === null || count === 0) return false
    // A script that calls `fit` several times may do something else later.
    const isOneFit = epochsOfFit({ epochs }) === epochs.length
    if (!isOneFit) return false
    const noise = noiseOf(metricCurve(baseline.state, metric))
    const needed = value + (metric.better === 'higher' ? -1 : 1) * tolerated(metric, value, noise)
    const values = epochs.map(({ metrics }) => metrics[metric.name] ?? null)
    return isHopeless(metric, values, { epochs: count, needed, noise })
  }

  #logOf({ file }: Trial): string {
    return path.join(this.#plan.folder, `${file}.jsonl`)
  }
}
