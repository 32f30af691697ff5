import { membersOf } from '../../advice/groupWidth.ts'
import { narrowedFrom, type Narrowed } from '../../advice/narrowedFrom.ts'
import type { Verdict } from '../../advice/verdict.ts'
import { OUTSIDE_TRAINING, SHAPE_READ } from '../../model/axes/sizes/neededByCode.ts'
import { layerKind } from '../../model/layerKinds.ts'
import type { LayerState } from '../../run/state.ts'
import { number } from '../numbers.ts'

const GIVEN = {
  data: 'Its output is combined with inputs, labels or other tensors from outside the step, which have this width.',
  constant: 'The code gives this width to a tensor or a shape that its output meets.',
  weights: 'Its width is that of weights that are not trained, were read from a file, or are copied by the program.',
} as const

/**
 * Why no width is estimated of a layer, as far as an earlier width, other layers or operations are the reason; else
 * nothing.
 */
export function whyNoWidth(layer: LayerState, verdict: Verdict, layers: readonly LayerState[]): string[] {
  const { group } = layer
  if (!['underused', 'settling'].includes(verdict.kind) || verdict.recommendedWidth !== null) return []
  const narrowed = narrowedFrom(layer)
  if (narrowed) return [explainNarrowing(narrowed)]
  if (layer.widthProperty === null) return [widthSource(layer)]
  if (!group) return []
  if (group.given !== null) return [GIVEN[group.given]]
  if (group.unknown !== null) return [neededBy(group.unknown)]
  if (verdict.kind === 'settling') return []
  const others = membersOf(layer, layers).filter(({ id }) => id !== layer.id)
  for (const other of others) {
    const narrowedOther = narrowedFrom(other)
    if (narrowedOther) return [explainNarrowing(narrowedOther, `Its width has to be that of ${other.name}, which`)]
  }
  const names = others.map(({ name }) => name).join(', ')
  return others.length === 0 ? [] : [`Its width has to be that of ${names}: not all of them are underused.`]
}

/** @param unknown as `group.unknown` has it */
function neededBy(unknown: string): string {
  if (unknown === OUTSIDE_TRAINING)
    return 'Its output is also computed outside of training, for code that may need this width.'
  if (unknown === SHAPE_READ) return 'Code reads the shape of its output, which may decide how the model is built.'
  return `Its output goes to \`${unknown}\`, which may need this width.`
}

/**
 * Why a layer that has been narrowed gets no estimate, in sentences.
 * @param what the layer, as the subject of a sentence
 */
function explainNarrowing({ from, estimate }: Narrowed, what = 'It'): string {
  const used = estimate === null ? '' : `, of which about ${number(estimate)} were used`
  return (
    `${what} was narrowed from ${number(from)}${used}. ` +
    'Saturation falls again with each cut, so compare the two runs before narrowing it further.'
  )
}

function widthSource({ kind }: LayerState): string {
  return layerKind(kind).wrapper
    ? 'The layer that it wraps sets its width.'
    : 'No argument of its class sets its width: it follows from its inputs, or from other arguments.'
}
