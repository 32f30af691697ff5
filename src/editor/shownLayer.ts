import { judge, OBSERVATIONS_PER_FEATURE, type Thresholds, type Verdict } from '../advice/verdict.ts'
import type { Measurement, RunEvent } from '../run/events.ts'
import type { LayerState, RunState } from '../run/state.ts'
import { partnersOf, type Partners } from './partners.ts'

/** All that title and tooltip of a layer are made of. */
export interface ShownLayer {
  /** Its `train` is the measurement shown, which is not always the latest. */
  layer: LayerState
  verdict: Verdict
  /** Layers whose width has to change with this one's; only for an underused layer with a width to recommend. */
  partners: Partners | null
  /** The definition was edited since the run started. */
  stale: boolean
  /** Milliseconds since the Unix epoch; null while the run is on. */
  endedAt: number | null
  /** Set when an earlier measurement is shown, since the latest has too few observations. */
  heldSince: { latest: Measurement | null } | null
}

/**
 * The last measurement of each layer that had enough observations to judge by. Every epoch starts a new window, and a
 * verdict should not fall back to "provisional" each time.
 */
export class Settled {
  readonly #measurements = new Map<string, Measurement>()

  /** Takes note of what a run reported. */
  note(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type !== 'saturation') continue
      for (const measurement of event.layers) {
        if (isSettled(measurement)) this.#measurements.set(measurement.layer, measurement)
      }
    }
  }

  get(layerId: string): Measurement | null {
    return this.#measurements.get(layerId) ?? null
  }
}

function isSettled({ split, status, observations, width }: Measurement): boolean {
  if (split !== 'train' || (status !== 'ok' && status !== 'constant')) return false
  return observations >= OBSERVATIONS_PER_FEATURE * width
}

/** What is to be shown of one layer now. */
export function showLayer(
  run: RunState,
  layer: LayerState,
  thresholds: Thresholds,
  settled: Settled,
  stale: boolean,
): ShownLayer {
  const now = judge(layer, thresholds)
  const before = now.kind === 'provisional' || now.kind === 'warming up' ? settled.get(layer.id) : null
  const shown = before ? { ...layer, train: before } : layer
  const verdict = before ? judge(shown, thresholds) : now
  return {
    layer: shown,
    verdict,
    partners: verdict.recommendedWidth === null ? null : partnersOf(run.layers, layer.id),
    stale,
    endedAt: run.ended?.time ?? null,
    heldSince: before ? { latest: layer.train } : null,
  }
}
