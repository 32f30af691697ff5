import { membersOf } from '../../advice/groupWidth.ts'
import type { Verdict } from '../../advice/verdict.ts'
import type { LayerState } from '../../run/state.ts'

const GIVEN = {
  data: 'Its output is combined with inputs, labels or other tensors from outside the step, which have this width.',
  constant: 'Its output is combined with a tensor that the code makes with this width.',
  weights: 'Its width is that of weights that are not trained, or that were read from a file.',
} as const

/** Why no width is estimated of a layer, as far as other layers and operations are the reason; else nothing. */
export function whyNoWidth(layer: LayerState, verdict: Verdict, layers: readonly LayerState[]): string[] {
  const { group } = layer
  if (!['underused', 'settling'].includes(verdict.kind) || verdict.recommendedWidth !== null || !group) return []
  if (group.given !== null) return [GIVEN[group.given]]
  if (group.unknown !== null) return [`Its output goes to \`${group.unknown}\`, which may need this width.`]
  if (verdict.kind === 'settling') return []
  const others = membersOf(layer, layers).filter(({ id }) => id !== layer.id)
  const names = others.map(({ name }) => name).join(', ')
  return others.length === 0 ? [] : [`Its width has to be that of ${names}: not all of them are underused.`]
}
