import { runMs, type Training } from '../training.ts'

/** Trainings of the wide network that all trainings of an experiment may take the time of, the wide one's included. */
const BASELINES = 3
/** Milliseconds that they may take in any case: of so short trainings, starting the processes takes the most time. */
const FREE_MS = 20_000

/** The time of an experiment's trainings: at most that of three trainings of the wide network. */
export class TimeLimit {
  readonly #baseline: Training
  #leftMs: number
  /** Time of the latest narrower training, with its share of the epochs; null before the first. */
  #latest: { share: number; ms: number } | null = null

  constructor(baseline: Training) {
    this.#baseline = baseline
    const ms = runMs(baseline)
    this.#leftMs = Math.max(BASELINES * ms, FREE_MS) - ms
  }

  /** Milliseconds that are left for further trainings. */
  get leftMs(): number {
    return this.#leftMs
  }

  /** Whether there is time for a training of so many of the wide network's epochs. @param share may be above 1 */
  fits(share: number): boolean {
    return this.#expectedMs(share) <= this.#leftMs
  }

  /** Notes a training. @param share of the wide network's epochs that it was to have */
  note(training: Training, share: number): void {
    const ms = runMs(training)
    this.#leftMs -= ms
    if (training.state.ended?.how === 'completed') this.#latest = { share, ms }
  }

  /** As long as the latest training took, or the wide network's share: its start takes as long in any case. */
  #expectedMs(share: number): number {
    if (this.#latest?.share === share) return this.#latest.ms
    const { startedAt, firstStepAt } = this.#baseline.state
    const startMs = startedAt === null || firstStepAt === null ? 0 : firstStepAt - startedAt
    return startMs + share * Math.max(0, runMs(this.#baseline) - startMs)
  }
}
