import type { Thresholds, VerdictKind } from '../../advice/verdict.ts'
import type { RunState } from '../../run/state.ts'
import type { Definition } from './definitions.ts'
import { showLayer } from '../../presentation/layerView.ts'
import { titleOf, titleOfSeveral } from '../../presentation/lensTitle.ts'
import { tooltipOf, tooltipOfSeveral } from '../../presentation/lensTooltip.ts'

/** What is to be written above a line. */
export interface Annotation {
  /** Counted from 0. */
  line: number
  title: string
  tooltip: string
  /** The layers made on the line, in the order of the forward pass; at least one. */
  layerIds: string[]
  state: VerdictKind | 'stale' | 'several'
}

/** One annotation for each line that defines layers with something to show, from the top. */
export function annotate(run: RunState, definitions: readonly Definition[], thresholds: Thresholds): Annotation[] {
  const lines = new Map<number, Definition[]>()
  for (const definition of definitions) {
    lines.set(definition.line, [...(lines.get(definition.line) ?? []), definition])
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, onLine]) => {
      const all = onLine.flatMap(({ layers, stale }) => layers.map((layer) => showLayer(run, layer, thresholds, stale)))
      const shown = all.filter((layer) => titleOf(layer) !== null)
      const title = titleOfSeveral(shown)
      const [first] = shown
      if (title === null || !first) return []
      const one = shown.length === 1
      const tooltip = one ? tooltipOf(first) : tooltipOfSeveral(shown)
      const layerIds = shown.map(({ layer }) => layer.id)
      const state = !one ? 'several' : first.stale ? 'stale' : first.verdict.kind
      return [{ line, title, tooltip, layerIds, state }]
    })
}
