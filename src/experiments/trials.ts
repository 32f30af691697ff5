import { failureOf } from '../comparison/failure.ts'
import { Comparison } from './comparison.ts'
import { fitOverride, namedWidths, widthOverrides, type Wide } from './narrowed.ts'
import { measuredIn, type FrontierRow, type Rightsized, resultOf } from './rightsized.ts'
import { TimeLimit } from './stopping/timeLimit.ts'
import { epochsOfFit, stopReason, type StopWhen, type Train } from './training.ts'
import type { Candidate } from './widthSearch.ts'

/** Share of the wide network's epochs that a network gets which inherits from it. */
export const EPOCHS_SHARE = 1 / 2

/** Trainings of networks that inherit from a wide one, each compared with it, within the time there is. */
export class Trials {
  readonly #train: Train
  readonly #wide: Wide
  readonly #metric: string | null
  readonly #time: TimeLimit
  readonly #epochs: number
  #comparison: Comparison
  #isRepeated = false
  #rows: FrontierRow[] = []

  /** @param metric the metric that a person has chosen; null for the proof's @throws ExperimentError when there is none */
  constructor(train: Train, wide: Wide, metric: string | null) {
    this.#train = train
    this.#wide = wide
    this.#metric = metric
    this.#comparison = new Comparison(wide.training, wide.proof, [wide.training], metric)
    this.#time = new TimeLimit(wide.training)
    this.#epochs = Math.ceil(epochsOfFit(wide.training) * EPOCHS_SHARE)
  }

  /** How the trainings are compared. */
  get comparison(): Comparison {
    return this.#comparison
  }

  /** Trainings of further networks so far. */
  get count(): number {
    return this.#rows.length
  }

  /** The result so far. */
  get result(): Rightsized {
    const { proof, training } = this.#wide
    return resultOf(this.#comparison, proof.parameters, training, this.#rows)
  }

  /** Whether there is time for so many more trainings. */
  hasTimeFor(trainings: number): boolean {
    return this.#time.fits(trainings * EPOCHS_SHARE)
  }

  /**
   * Trains the wide network once more: where the program does not seed its generators, the two differ as much as any
   * equal networks do.
   */
  async repeatBaseline(): Promise<void> {
    this.#isRepeated = true
    const { training, proof } = this.#wide
    const { task } = this.#comparison
    const stopWhen: StopWhen = (_, ms) => (ms > this.#time.leftMs ? 'time' : null)
    const second = await this.#train({ name: 'baseline-2', overrides: [], inherit: null, task, stopWhen })
    this.#time.note(second, 1)
    if (second.state.ended?.how !== 'completed') return
    this.#comparison = new Comparison(training, proof, [training, second], this.#metric)
    this.#rows = this.#rows.map((row) => (row.holds === null ? row : { ...row, holds: this.#holds(row) }))
  }

  /** Trains a network. @returns whether it holds: a narrower one is as good as the wide one, a wider one is better */
  async train(candidate: Candidate, kind: FrontierRow['kind']): Promise<boolean> {
    const { training: baseline, proof } = this.#wide
    const { name, parameters, difference } = candidate
    const widths = namedWidths(candidate.widths, baseline.state)
    const halved = this.#epochs > 0 ? [fitOverride('epochs', this.#epochs)] : []
    const overrides = [...widthOverrides(widths), ...halved]
    const [{ leftMs }, comparison] = [this.#time, this.#comparison]
    const stopWhen: StopWhen = (epochs, ms) =>
      comparison.isHopeless(epochs, this.#epochs) ? 'hopeless' : ms > leftMs ? 'time' : null
    const { task } = comparison
    const training = await this.#train({ name, overrides, inherit: baseline, task, stopWhen })
    this.#time.note(training, EPOCHS_SHARE)
    const isKnown = comparison.baseline !== null && difference !== null && comparison.metric.name === proof.metric
    // A training that has had all epochs has its result, although the time was up right after.
    const isComplete = task === null && training.epochs.length >= Math.ceil(baseline.epochs.length * EPOCHS_SHARE)
    const stopped = isComplete ? null : stopReason(training, stopWhen)
    const failed = isComplete || stopped !== null ? null : failureOf(training.state)
    const row = {
      ...{ name, kind, widths, parameters, ...measuredIn(training), failed, overrides, inherits: baseline.log },
      value: {
        beforeTraining: isKnown ? comparison.baseline + difference : null,
        inherited: failed === null ? comparison.valueOf(training) : null,
        fromScratch: null,
      },
      stopped,
    }
    const first = this.#holds(row)
    this.#rows.push({ ...row, holds: first })
    const isUndecided = !first && failed === null && row.stopped === null && comparison.noise === null
    // So few epochs do not show how much of a difference is chance.
    if (isUndecided && !this.#isRepeated && comparison.baseline !== null && this.#time.fits(1))
      await this.repeatBaseline()
    return this.#rows.at(-1)!.holds === true
  }

  #holds({ name, kind, value, failed, stopped }: Omit<FrontierRow, 'holds'>): boolean | null {
    if (failed !== null || stopped !== null) return false
    const { inherited } = value
    if (kind === 'narrower') return this.#comparison.holds(inherited)
    // It was trained on for as long as the narrower ones, so it has to be better than they are.
    const others = this.#rows
      .filter((row) => row.name !== name && row.failed === null)
      .map((row) => row.value.inherited)
    return this.#comparison.isBetter(inherited, [this.#comparison.baseline, ...others])
  }
}
