import type { LayerState, RunState } from '../../run/state.ts'
import { judge, measuredLayers } from '../verdict.ts'
import type { Thresholds } from '../verdictKind.ts'
import { allSettledSince, type SettledSince } from './settledSince.ts'

/** What the settled layers of a run are good for. */
export interface SettledAdvice {
  /** The window after which the last of the layers has settled; it is not the run's latest. */
  readonly since: SettledSince
  /**
   * Of a run that goes on, the layer that would save most if its estimated width were tried now: the epochs that are left
   * would not change that width. Null where no layer has one, so that there is nothing to stop for.
   */
  readonly act: LayerState | null
}

/**
 * Advises once all layers have settled before a run's latest step.
 * @param ignored ids of the layers whose hints are not wanted
 * @returns null while a layer has not settled, or only just has
 */
export function settledAdvice(
  run: RunState,
  thresholds: Thresholds,
  ignored: ReadonlySet<string> = new Set(),
): SettledAdvice | null {
  const since = allSettledSince(run, thresholds)
  if (!since || !run.progress || since.step >= run.progress.step) return null
  if (run.ended || !hasMoreEpochs(run)) return { since, act: null }
  const [act = null] = measuredLayers(run)
    .filter((layer) => !ignored.has(layer.id) && judge(layer, thresholds, run.layers).recommendedWidth !== null)
    .sort((a, b) => b.parameters - a.parameters)
  return { since, act }
}

/** Whether epochs follow the present one; unknown numbers count as more. */
function hasMoreEpochs({ progress }: RunState): boolean {
  const { epoch = null, epochs = null } = progress ?? {}
  return epoch === null || epochs === null || epoch + 1 < epochs
}
