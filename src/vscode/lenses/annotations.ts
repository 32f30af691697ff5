import type { Thresholds, VerdictKind } from '../../advice/verdictKind.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import type { Definition } from './definitions.ts'
import { lensTitle, lensTitleOfSeveral } from '../../presentation/layer/lensTitle.ts'
import { actionsOfLine, type OfferedAction } from '../../presentation/actions/layerActions.ts'
import { explainLayer, lensTooltip, lensTooltipOfSeveral, listLayers } from '../../presentation/layer/lensTooltip.ts'
import { summarise, type LayerSummary } from '../../presentation/layer/summary.ts'

/** The content of the lens above a line. */
export interface Annotation {
  /** Counted from 0. */
  line: number
  title: string
  /** The same without icons. */
  plainTitle: string
  tooltip: string
  /** What hovers and problems explain, plain text in lines. */
  explanation: string[]
  /** What a change of the width has done; null where none was made, or its run has not ended. */
  compared: string | null
  /** What a person can do about these layers. */
  actions: OfferedAction[]
  /** Ids of the layers that the line makes, at least one, in the order of the forward pass. */
  layerIds: string[]
  state: VerdictKind | 'stale' | 'several'
}

/** What a change has done, for the line of a layer of the run; null where nothing is known. */
export type ComparedOf = (run: RunState, layer: LayerState) => string | null

/** Whether a person wants to see nothing of a layer. @param line counted from 0 */
export type IsHidden = (layer: LayerSummary, line: number) => boolean

/** One annotation for each line that defines layers with something to show, from top to bottom. */
export function annotate(
  run: RunState,
  definitions: readonly Definition[],
  thresholds: Thresholds,
  isHidden: IsHidden = () => false,
  comparedOf: ComparedOf = () => null,
): Annotation[] {
  const lines = new Map<number, Definition[]>()
  for (const definition of definitions) {
    lines.set(definition.line, [...(lines.get(definition.line) ?? []), definition])
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, onLine]) => {
      const all = onLine.flatMap(({ layers, stale }) => layers.map((layer) => summarise(run, layer, thresholds, stale)))
      const shown = all.filter((layer) => lensTitle(layer) !== null && !isHidden(layer, line))
      const title = lensTitleOfSeveral(shown)
      const [first] = shown
      if (title === null || !first) return []
      const one = shown.length === 1
      const explanation = one ? explainLayer(first) : listLayers(shown)
      const tooltip = one ? lensTooltip(first, explanation) : lensTooltipOfSeveral(shown, explanation)
      const actions = actionsOfLine(shown)
      const layerIds = shown.map(({ id }) => id)
      const changed = onLine.flatMap(({ layers }) => layers.filter(({ id }) => layerIds.includes(id)))
      const compared = changed.map((layer) => comparedOf(run, layer)).find((words) => words !== null) ?? null
      const state = !one ? 'several' : first.stale ? 'stale' : first.verdict
      const plainTitle = title.replace(/^\$\([\w-]+\) /, '')
      return [{ line, title, plainTitle, tooltip, explanation, compared, actions, layerIds, state }]
    })
}
