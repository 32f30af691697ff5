import type { Thresholds } from '../advice/verdictKind.ts'
import type { Override } from '../protocol/overrides.ts'
import type { RunState } from '../run/state.ts'
import { stepMs } from '../run/timing.ts'
import { comparedMetric, metricNames, metricOf, type ComparedMetric } from './comparedMetric.ts'
import { differenceOf, type Difference } from './difference.ts'
import { failureOf } from './failure.ts'
import { layerChanges, type LayerChange } from './layerChanges.ts'
import { spreadOf, type Spread } from './spread.ts'

/** A network that was trained once, or several times in the same way. */
export interface Trained {
  readonly name: string
  /** At least one. */
  readonly runs: readonly RunState[]
}

/** A network beside the first one. */
export interface ComparedNetwork {
  readonly name: string
  /** How many times it was trained. */
  readonly runs: number
  /** Why one of its trainings failed, or has not ended; null where all were completed. */
  readonly failed: string | null
  /** The metric at the end; null where no run has it. */
  readonly value: Spread | null
  /** How the metric differs from the first network's; null for that one, and where one of them has none. */
  readonly difference: Difference | null
  /** All weights of its layers. */
  readonly parameters: number
  /** Floating-point operations of the forward pass for an example; null where they are not known. */
  readonly flops: number | null
  /** Milliseconds of a training step, over the runs; null where it is not known. */
  readonly stepMs: Spread | null
  /** Optimiser steps of its first run; null where it did not train. */
  readonly steps: number | null
  /** The earlier run that its first run has weights from; null where it began as the program makes them. */
  readonly inherits: string | null
  /** What its runs override. */
  readonly overrides: readonly Override[]
  /** Its layers beside those of the first network; none for the first network itself. */
  readonly layers: readonly LayerChange[]
}

/** Networks compared with the first of them. */
export interface Comparison {
  /** Null where no metric, or none of the name that was asked for, is common to all runs. */
  readonly metric: ComparedMetric | null
  /** The names of the metrics that any of the runs reports. */
  readonly known: readonly string[]
  readonly networks: readonly ComparedNetwork[]
}

/** What a person chooses of a comparison. */
interface CompareOptions {
  /** Name of the metric; the one that counts when null or missing. */
  readonly metric?: string | null
  readonly thresholds?: Thresholds
}

/** Compares networks with the first of them. @param networks at least one */
export function compareRuns(
  networks: readonly Trained[],
  { metric: name, thresholds }: CompareOptions = {},
): Comparison {
  const all = networks.flatMap(({ runs }) => runs)
  const known = [...new Set(all.flatMap(metricNames))]
  const metric = comparedMetric(
    all.filter((run) => metricNames(run).length > 0),
    name ?? null,
  )
  const valueOf = ({ runs }: Trained): Spread | null =>
    metric && spreadOf(runs.flatMap((run) => metricOf(run, metric) ?? []))
  const [first] = networks
  const baseline = first ? valueOf(first) : null
  return {
    metric,
    known,
    networks: networks.map((network) => {
      const { runs } = network
      const value = valueOf(network)
      const isFirst = network === first
      return {
        name: network.name,
        runs: runs.length,
        failed: runs.map(failureOf).find((reason) => reason !== null) ?? null,
        value,
        difference:
          isFirst || !metric || !baseline || !value
            ? null
            : differenceOf(metric, { value: baseline, runs: first!.runs }, { value, runs }),
        parameters: runs[0]!.layers.reduce((sum, { parameters }) => sum + parameters, 0),
        flops: runs[0]!.flops,
        stepMs: spreadOf(runs.flatMap((run) => stepMs(run) ?? [])),
        steps: runs[0]!.lastEpoch?.step ?? runs[0]!.progress?.step ?? null,
        inherits: runs[0]!.inherited?.from ?? null,
        overrides: runs[0]!.overrides,
        layers: isFirst ? [] : layerChanges(first!.runs, runs, thresholds),
      }
    }),
  }
}
