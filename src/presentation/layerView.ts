import { judge, type Thresholds, type Verdict } from '../advice/verdict.ts'
import type { LayerState, RunState } from '../run/state.ts'
import { samplingWords } from './sampling.ts'
import { partnersOf, type Partners } from '../model/partners.ts'

/** All that title and tooltip of a layer are made of. */
export interface ShownLayer {
  layer: LayerState
  verdict: Verdict
  /** Layers whose width has to change with this one's; only for an underused layer with a width to recommend. */
  partners: Partners | null
  /** What the monitor leaves out to keep to its budget; null where it leaves out nothing. */
  thinned: string | null
  /** The definition was edited since the run started. */
  stale: boolean
  /** Milliseconds since the Unix epoch; null while the run is on. */
  endedAt: number | null
}

/** What is to be shown of one layer now. */
export function showLayer(run: RunState, layer: LayerState, thresholds: Thresholds, stale: boolean): ShownLayer {
  const verdict = judge(layer, thresholds)
  return {
    layer,
    verdict,
    partners: verdict.recommendedWidth === null ? null : partnersOf(run.layers, layer.id),
    thinned: samplingWords(run.overhead?.sampling),
    stale,
    endedAt: run.ended?.time ?? null,
  }
}
