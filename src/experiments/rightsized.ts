import type { Override } from '../protocol/overrides.ts'
import type { Metric } from '../run/metric.ts'

/** The metric of a narrower network; null where it was not trained in that way, or has no finite value. */
export interface NarrowedValue {
  /** Folded from the trained wide network, without any further training: the baseline's value and the proof's difference. */
  readonly beforeTraining: number | null
  /** Trained on from there. */
  readonly inherited: number | null
  /** Trained from the weights that the program makes, for all epochs. */
  readonly fromScratch: number | null
}

/** A narrower network that was trained. */
export interface FrontierRow {
  /** Name of the training. */
  readonly name: string
  /** By name of the layer, of the layers whose width changes. */
  readonly widths: Readonly<Record<string, number>>
  readonly parameters: number
  readonly value: NarrowedValue
  /** Whether the inherited value is as good as the baseline's; null where there is no baseline. */
  readonly holds: boolean | null
  /** Milliseconds of a training step, validation included. */
  readonly stepMs: number | null
  /** Milliseconds of all training that the network needs beside the baseline's. */
  readonly trainingMs: number | null
  /** Why its training failed; null where it did not. */
  readonly failed: string | null
  /** What the training that inherits overrides. */
  readonly overrides: readonly Override[]
  /** Log of the training that it inherits from. */
  readonly inherits: string
}

/** The result of right-sizing. */
export interface Rightsized {
  readonly metric: Metric
  readonly baseline: {
    readonly parameters: number
    /** Null where the wide network was not trained to the end. */
    readonly value: number | null
    readonly stepMs: number | null
    readonly trainingMs: number | null
  }
  /** What the metric may lose: a tolerance, and at least its spread over the last third of the baseline's epochs. */
  readonly tolerance: number
  /** By falling number of parameters. */
  readonly frontier: readonly FrontierRow[]
  /** The narrowest network that keeps the metric; null where none does. */
  readonly recommended: FrontierRow | null
}
