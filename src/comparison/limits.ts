import { countUnderused, judge, measuredLayers } from '../advice/verdict.ts'
import { DEFAULT_THRESHOLDS, type VerdictKind } from '../advice/verdictKind.ts'
import { narrowedFrom } from '../advice/narrowedFrom.ts'
import type { RunState } from '../run/state.ts'
import { failureOf } from './failure.ts'

/** What a run has to keep; what is missing is not checked. */
export interface Limits {
  /** Layers that are underused, at most. */
  maxUnderused?: number
  /** Layers that are crowded, at most. */
  maxCrowded?: number
  /** Layers whose output does not vary, or has values that are not finite, at most. */
  maxDead?: number
  /** Saturation in [0, 1] that each layer has at least, where the task or another layer does not set it. */
  minSaturation?: number
  /** Weights at most. */
  maxParameters?: number
}

/** Whether a run keeps one limit. */
export interface CheckedLimit {
  readonly limit: keyof Limits
  readonly allowed: number
  /** What the run has: layers, the lowest saturation, or parameters; null where nothing was measured. */
  readonly found: number | null
  readonly holds: boolean
  /** The layers that count against it, by name, with their saturation. */
  readonly layers: readonly { readonly name: string; readonly saturation: number | null }[]
}

/** Whether a run keeps its limits. */
export interface CheckedRun {
  readonly holds: boolean
  readonly limits: readonly CheckedLimit[]
  /** Why the training failed, which does not hold; null where it did not. */
  readonly failed: string | null
  /** Names of measured layers with too few observations for a verdict. */
  readonly unjudged: readonly string[]
}

/** Verdicts of layers whose saturation their width decides. */
const OF_WIDTH: readonly VerdictKind[] = ['underused', 'settling', 'crowded', 'healthy', 'dead']
const UNJUDGED: readonly VerdictKind[] = ['provisional', 'warming up', 'not trained']

/** Checks a run. A run none of whose layers could be judged keeps no limit of layers. */
export function checkLimits(run: RunState, limits: Limits): CheckedRun {
  const layers = measuredLayers(run).map((layer) => {
    const { kind, saturation } = judge(layer, DEFAULT_THRESHOLDS, run.layers)
    return { name: layer.name, kind, saturation, isNarrowed: narrowedFrom(layer) !== null }
  })
  const isJudged = layers.some(({ kind }) => !UNJUDGED.includes(kind) && kind !== 'not measured')
  type Judged = (typeof layers)[number]
  const atMost = (limit: keyof Limits, against: readonly Judged[], found = against.length): CheckedLimit[] => {
    const allowed = limits[limit]
    if (allowed === undefined) return []
    return [{ limit, allowed, found: isJudged ? found : null, holds: isJudged && found <= allowed, layers: against }]
  }
  const { minSaturation, maxParameters } = limits
  const ofWidth = layers.filter(({ kind, saturation }) => OF_WIDTH.includes(kind) && saturation !== null)
  const lowest = ofWidth.length === 0 ? null : Math.min(...ofWidth.map(({ saturation }) => saturation ?? 0))
  const parameters = run.layers.reduce((sum, layer) => sum + layer.parameters, 0)
  const checked: CheckedLimit[] = [
    ...atMost(
      'maxUnderused',
      layers.filter(({ kind, isNarrowed }) => kind === 'underused' && !isNarrowed),
      countUnderused(run, DEFAULT_THRESHOLDS),
    ),
    ...atMost(
      'maxCrowded',
      layers.filter(({ kind }) => kind === 'crowded'),
    ),
    ...atMost(
      'maxDead',
      layers.filter(({ kind }) => kind === 'dead' || kind === 'non-finite'),
    ),
    ...(minSaturation === undefined
      ? []
      : [
          {
            limit: 'minSaturation' as const,
            allowed: minSaturation,
            found: lowest,
            holds: lowest !== null && lowest >= minSaturation,
            layers: ofWidth.filter(({ saturation }) => (saturation ?? 0) < minSaturation),
          },
        ]),
    ...(maxParameters === undefined
      ? []
      : [
          {
            limit: 'maxParameters' as const,
            allowed: maxParameters,
            found: parameters,
            holds: parameters <= maxParameters,
            layers: [],
          },
        ]),
  ]
  const failed = failureOf(run)
  return {
    holds: failed === null && checked.every(({ holds }) => holds),
    limits: checked,
    failed,
    unjudged: layers.filter(({ kind }) => UNJUDGED.includes(kind)).map(({ name }) => name),
  }
}
