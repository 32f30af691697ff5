import type { Thresholds, VerdictKind } from '../../advice/verdictKind.ts'
import type { RunState } from '../../run/state.ts'
import type { Definition } from './definitions.ts'
import { lensTitle, lensTitleOfSeveral } from '../../presentation/layer/lensTitle.ts'
import { lensTooltip, lensTooltipOfSeveral } from '../../presentation/layer/lensTooltip.ts'
import { summarise } from '../../presentation/layer/summary.ts'

/** The content of the lens above a line. */
export interface Annotation {
  /** Counted from 0. */
  line: number
  title: string
  tooltip: string
  /** Ids of the layers that the line makes, at least one, in the order of the forward pass. */
  layerIds: string[]
  state: VerdictKind | 'stale' | 'several'
}

/** One annotation for each line that defines layers with something to show, from top to bottom. */
export function annotate(run: RunState, definitions: readonly Definition[], thresholds: Thresholds): Annotation[] {
  const lines = new Map<number, Definition[]>()
  for (const definition of definitions) {
    lines.set(definition.line, [...(lines.get(definition.line) ?? []), definition])
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, onLine]) => {
      const all = onLine.flatMap(({ layers, stale }) => layers.map((layer) => summarise(run, layer, thresholds, stale)))
      const shown = all.filter((layer) => lensTitle(layer) !== null)
      const title = lensTitleOfSeveral(shown)
      const [first] = shown
      if (title === null || !first) return []
      const one = shown.length === 1
      const tooltip = one ? lensTooltip(first) : lensTooltipOfSeveral(shown)
      const layerIds = shown.map(({ id }) => id)
      const state = !one ? 'several' : first.stale ? 'stale' : first.verdict
      return [{ line, title, tooltip, layerIds, state }]
    })
}
