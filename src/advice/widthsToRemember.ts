import { MAX_EARLIER_WIDTHS, type EarlierWidth } from '../protocol/events.ts'
import type { LayerState, RunState } from '../run/state.ts'
import { settlingOf } from './settling.ts'
import { judge, measuredLayers } from './verdict.ts'
import { DEFAULT_THRESHOLDS, type Thresholds } from './verdictKind.ts'

/**
 * Lists what the next run of the script has to know of this run: its layers with an estimated width, and those that
 * were narrowed before, with the widths from which they were. An entry of an earlier run stays until its layer has
 * settled at that width or a larger one without an estimate, so runs that end early forget nothing.
 */
export function widthsToRemember(run: RunState, thresholds: Thresholds = DEFAULT_THRESHOLDS): EarlierWidth[] {
  const present = new Map(measuredLayers(run).map((layer) => [layer.id, layer]))
  const now = [...present.values()].flatMap((layer) => toRemember(layer, run, thresholds) ?? [])
  const absent = run.earlierWidths.filter(({ layer }) => !present.has(layer))
  return [...now, ...absent].slice(0, MAX_EARLIER_WIDTHS)
}

function toRemember(layer: LayerState, run: RunState, thresholds: Thresholds): EarlierWidth | null {
  const { id, width, sourceWidth = 0, earlier } = layer
  if (width === null) return earlier
  const { recommendedWidth: estimate } = judge(layer, thresholds, run.layers)
  if (estimate !== null) return { layer: id, width, estimate }
  // The source's width is where this run was narrowed from, whether or not a run has measured it.
  if (sourceWidth > Math.max(width, earlier?.width ?? 0)) return { layer: id, width: sourceWidth, estimate: null }
  const isReplaced = earlier !== null && width >= earlier.width && settlingOf(layer).settled
  return isReplaced ? null : earlier
}
