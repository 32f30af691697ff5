import { judge } from '../advice/verdict.ts'
import type { Thresholds, VerdictKind } from '../advice/verdictKind.ts'
import type { LayerState, RunState } from '../run/state.ts'
import { spreadOf, type Spread } from './spread.ts'

/** What is known of a layer in the runs of one network. */
export interface LayerFacts {
  /** Number of features; null where it is unknown. */
  readonly width: number | null
  /** k / width in [0, 1] of the train split, over the runs; null where none has measured it. */
  readonly saturation: Spread | null
  /** Of the first run. */
  readonly verdict: VerdictKind
  readonly parameters: number
}

/** A layer in two networks. */
export interface LayerChange {
  /** Unique within a run, and the same in both networks. */
  readonly id: string
  readonly name: string
  readonly kind: string
  /** Null for a layer that only the second network has. */
  readonly before: LayerFacts | null
  /** Null for a layer that only the first network has. */
  readonly after: LayerFacts | null
}

/**
 * The layers of two networks, in the order of the first, behind them those that are new. A layer is the same if its id
 * and its class are.
 * @param before runs of the first network; at least one
 * @param after runs of the second; at least one
 */
export function layerChanges(
  before: readonly RunState[],
  after: readonly RunState[],
  thresholds?: Thresholds,
): LayerChange[] {
  const earlier = factsOf(before, thresholds)
  const later = factsOf(after, thresholds)
  return [...new Set([...earlier.keys(), ...later.keys()])].map((key) => {
    const [one, other] = [earlier.get(key), later.get(key)]
    const { id, name, kind } = (one ?? other)!.layer
    return { id, name, kind, before: one?.facts ?? null, after: other?.facts ?? null }
  })
}

/** By id and class, of the layers that have features or weights. */
function factsOf(
  runs: readonly RunState[],
  thresholds?: Thresholds,
): Map<string, { layer: LayerState; facts: LayerFacts }> {
  const [first, ...others] = runs
  const layers = (first?.layers ?? []).filter(({ notMeasured, parameters }) => notMeasured === null || parameters > 0)
  return new Map(
    layers.map((layer) => {
      const verdict = judge(layer, thresholds, first?.layers)
      const same = others.flatMap((run) => {
        const found = run.layers.find(({ id, kind }) => id === layer.id && kind === layer.kind)
        return found ? [judge(found, thresholds, run.layers).saturation] : []
      })
      const saturation = spreadOf([verdict.saturation, ...same].filter((value) => value !== null))
      const { width, parameters } = layer
      const facts: LayerFacts = { width, saturation, verdict: verdict.kind, parameters }
      return [`${layer.id} ${layer.kind}`, { layer, facts }]
    }),
  )
}
