import type { LayerWidth } from '../../../model/axes/widthGroups.ts'
import type { Layer as LayerInfo } from '../../../protocol/layer.ts'
import type { LayerNode } from '../nodes/layerNode.ts'
import { limitOf } from './limitOf.ts'
import { isOutput } from './outputLayers.ts'
import { describePositions } from './positions.ts'

const NOT_TRAINED = 'no training step changes its weights, and no layer that is trained takes its output'
const MADE_ANEW = 'it is made anew in every step'

/** What traced steps show of a layer's width; null for a layer that no traced step has called. */
export type WidthOf = (id: string) => LayerWidth | null

/** A layer as the `model` event lists it. */
export function describeLayer(node: LayerNode, widthOf: WidthOf): LayerInfo {
  const width = widthOf(node.info.id)
  return {
    ...node.info,
    notMeasured: node.madeAnew ? MADE_ANEW : (node.info.notMeasured ?? (node.part === 'none' ? NOT_TRAINED : null)),
    inbound: [...node.inbound].map(({ info }) => info.id),
    isOutput: width?.isOutput ?? isOutput(node),
    ...(width && width.group !== null ? { group: groupOf(width, width.group) } : {}),
    ...limitOf(node, width?.fedBy),
    ...(node.behind ? { measuredBehind: node.behind.info.id } : {}),
    ...(width?.reachesLoss && width.isOutput === false ? { reachesLoss: true } : {}),
    ...describePositions(node),
  }
}

/** A layer's group as the `model` event has it: without the multiple 1 and the offset 0. */
function groupOf({ given, unknown, multiple, offset }: LayerWidth, id: string): NonNullable<LayerInfo['group']> {
  return { id, given, unknown, ...(multiple > 1 ? { multiple } : {}), ...(offset > 0 ? { offset } : {}) }
}
