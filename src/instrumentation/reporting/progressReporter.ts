import type { EventBody } from '../../protocol/events.ts'
import type { Layer as LayerInfo } from '../../protocol/layer.ts'
import type { ActiveFits } from '../hooks/activeFits.ts'
import type { Budget } from '../pacing/budget.ts'
import { LogarithmicClock } from '../pacing/logarithmicClock.ts'
import type { Tensor } from '../tfjs/tfjs.ts'
import type { Channel } from './channel.ts'

/** Shortest time between two `step` events, ms. */
const MIN_STEP_INTERVAL_MS = 100
/** `step` events while the run grows longer by a factor of e. */
const STEP_EVENTS_PER_E_FOLD = 20_000
/** Shortest time between two `overhead` events, ms. */
const MIN_OVERHEAD_INTERVAL_MS = 1000
/** `overhead` events while the run grows longer by a factor of e. */
const OVERHEAD_EVENTS_PER_E_FOLD = 2000
/** Shortest time between two `epoch` events after the first ones, ms: a program may call `fit` for every step. */
const MIN_EPOCH_INTERVAL_MS = 100
/** `epoch` events while the run grows longer by a factor of e. */
const EPOCH_EVENTS_PER_E_FOLD = 2000
/** Number of a run's first epochs that are reported however short they are. */
const FIRST_EPOCH_EVENTS = 500

/** Reports how far the training has come: its steps, epochs and layers, and the overhead of monitoring it. */
export class ProgressReporter {
  /** Training steps so far. */
  step = 0
  /** Time that the monitor took of the training thread so far, ms. */
  monitorMs = 0
  /** Time of tasks that a person has asked for, ms: neither training nor monitoring. */
  pausedMs = 0
  readonly #channel: Channel
  readonly #fits: ActiveFits
  readonly #budget: Budget
  readonly #stepClock = new LogarithmicClock(MIN_STEP_INTERVAL_MS, STEP_EVENTS_PER_E_FOLD)
  readonly #overheadClock = new LogarithmicClock(MIN_OVERHEAD_INTERVAL_MS, OVERHEAD_EVENTS_PER_E_FOLD)
  readonly #epochClock = new LogarithmicClock(MIN_EPOCH_INTERVAL_MS, EPOCH_EVENTS_PER_E_FOLD, FIRST_EPOCH_EVENTS)
  #startedAt: number | null = null
  #reportedStep = 0
  /** When the latest step ended, ms since the run began. */
  #stepEndedAt = 0
  #loss: number | null = null
  /** The latest epoch's event, where it came too soon after the last one to be reported. */
  #unreportedEpoch: EventBody | null = null

  constructor(channel: Channel, fits: ActiveFits, budget: Budget) {
    this.#channel = channel
    this.#fits = fits
    this.#budget = budget
  }

  /** Starts the run's clock at the first training step. */
  start(): void {
    this.#startedAt ??= performance.now()
  }

  /** Milliseconds since the first training step began, without pauses; 0 before it. */
  elapsed(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#startedAt - this.pausedMs
  }

  /** Training time so far, ms. */
  get trainingMs(): number {
    return this.elapsed() - this.monitorMs
  }

  /** Reports new and changed layers. @param flops floating-point operations for one example, where they are known */
  reportLayers(layers: LayerInfo[], flops: number | null): void {
    this.#channel.event({ type: 'model', layers, partial: true, ...(flops === null ? {} : { flops }) })
  }

  /**
   * Reports the present step, if a report is due.
   * @param loss read back from the backend only for a report
   * @param now ms since the run began
   */
  reportStepIfDue(loss: Tensor, now: number): void {
    this.#stepEndedAt = now
    if (!this.#stepClock.due(now)) return
    this.#stepClock.done(now)
    const value = loss.dataSync()[0]
    this.#loss = value !== undefined && Number.isFinite(value) ? value : null
    this.reportStep()
  }

  reportStep(): void {
    // Once for each step: at the end of the process, the epoch of the last step is no longer known.
    if (this.step === this.#reportedStep) return
    this.#reportedStep = this.step
    const fit = this.#fits.shown
    const ago = Math.round(this.elapsed() - this.#stepEndedAt)
    this.#channel.event({
      type: 'step',
      step: this.step,
      epoch: fit?.epoch ?? null,
      epochs: fit?.epochs ?? null,
      stepInEpoch: fit?.done ?? null,
      stepsPerEpoch: fit?.steps ?? null,
      ...(fit ? { fit: fit.number, validates: fit.validates } : {}),
      ...(ago > 0 ? { ago } : {}),
      loss: this.#loss,
    })
  }

  /**
   * Reports the end of an epoch, if a report is due.
   * @param always whether it is due in any case
   * @returns whether it was reported.
   */
  reportEpochIfDue(epoch: number, metrics: Record<string, number | null>, always: boolean): boolean {
    const event: EventBody = { type: 'epoch', epoch, step: this.step, metrics }
    if (!always && !this.#epochClock.due(this.elapsed())) {
      this.#unreportedEpoch = event
      return false
    }
    this.#epochClock.done(this.elapsed())
    this.#unreportedEpoch = null
    this.reportStep()
    this.#channel.event(event)
    return true
  }

  /** Reports the latest epoch at the end of the run, where it has not been. */
  reportLastEpoch(): void {
    if (this.#unreportedEpoch) this.#channel.event(this.#unreportedEpoch)
  }

  /** @param now ms since the run began */
  reportOverheadIfDue(now: number): void {
    if (!this.#overheadClock.due(now)) return
    this.#overheadClock.done(now)
    this.reportOverhead()
  }

  reportOverhead(): void {
    if (this.#startedAt === null) return
    const { monitorMs, trainingMs } = this
    if (trainingMs <= 0) return
    const { sampling } = this.#budget
    this.#channel.event({ type: 'overhead', share: monitorMs / trainingMs, monitorMs, trainingMs, sampling })
  }
}
