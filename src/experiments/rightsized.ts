import type { Noise } from '../comparison/noise.ts'
import type { Override } from '../protocol/overrides.ts'
import type { Metric } from '../run/metric.ts'
import type { Comparison } from './comparison.ts'
import { stepMs, trainingMs } from '../run/timing.ts'
import type { StopReason, Training } from './training.ts'

/** The metric of a network of other widths; null where it was not trained in that way, or has no finite value. */
export interface NetworkValue {
  /** Folded from the trained wide network, without any further training: the baseline's value and the proof's difference. */
  readonly beforeTraining: number | null
  /** Trained on from there. */
  readonly inherited: number | null
  /** Trained from the weights that the program makes, for all epochs. */
  readonly fromScratch: number | null
}

/** A network of other widths that was trained. */
export interface FrontierRow {
  /** Name of the training. */
  readonly name: string
  /** Whether it was made narrower, or crowded layers of it wider. */
  readonly kind: 'narrower' | 'wider'
  /** By name of the layer, of the layers whose width changes. */
  readonly widths: Readonly<Record<string, number>>
  readonly parameters: number
  /** Floating-point operations of a forward pass for one example; null where they are not known. */
  readonly flops: number | null
  readonly value: NetworkValue
  /**
   * Whether the inherited value is as good as the baseline's, and that of a wider network better than all others; null
   * where there is no baseline.
   */
  readonly holds: boolean | null
  /** Milliseconds of a training step, validation included. */
  readonly stepMs: number | null
  /** Milliseconds of all training that the network needs beside the baseline's. */
  readonly trainingMs: number | null
  /** Epochs of the training that inherits. */
  readonly epochs: number
  /** Why that was ended before its last epoch; null where it was not. */
  readonly stopped: StopReason | null
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
    readonly flops: number | null
    /** Null where the wide network was not trained to the end. */
    readonly value: number | null
    readonly stepMs: number | null
    readonly trainingMs: number | null
  }
  /** What the metric may lose: a tolerance, and at least its noise. */
  readonly tolerance: number
  readonly noise: Noise | null
  /** By falling number of parameters. */
  readonly frontier: readonly FrontierRow[]
  /** The wider network that is better, else the narrowest that keeps the metric; null where there is neither. */
  readonly recommended: FrontierRow | null
}

/** What a training says of its network, as a row of the frontier has it. */
export function measuredIn(training: Training): Pick<FrontierRow, 'flops' | 'stepMs' | 'trainingMs' | 'epochs'> {
  const { state, epochs } = training
  return { flops: state.flops, stepMs: stepMs(state), trainingMs: trainingMs(state), epochs: epochs.length }
}

/**
 * The result, with a recommendation: the wider network that is better than all others, else the narrowest that holds.
 * @param wide a training of the wide network, though not to the end
 */
export function resultOf(
  { metric, baseline: value, tolerance, noise }: Comparison,
  parameters: number,
  wide: Training,
  rows: readonly FrontierRow[],
): Rightsized {
  const frontier = [...rows].sort((a, b) => b.parameters - a.parameters)
  const { flops, stepMs, trainingMs } = measuredIn(wide)
  const baseline = {
    parameters,
    flops,
    value,
    ...(value === null ? { stepMs: null, trainingMs: null } : { stepMs, trainingMs }),
  }
  const good = frontier.filter(({ holds, failed, stopped, widths }) => {
    return holds !== false && failed === null && stopped === null && Object.keys(widths).length > 0
  })
  const recommended = good.find(({ kind }) => kind === 'wider') ?? good.at(-1) ?? null
  return { metric, baseline, tolerance, noise, frontier, recommended }
}
