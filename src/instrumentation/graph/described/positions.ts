import type { Layer as LayerInfo } from '../../../protocol/layer.ts'
import { SAME_POSITIONS } from '../../../model/receptiveField/spatialNode.ts'
import { kindOf, type Layer } from '../../tfjs/tfjs.ts'
import type { LayerNode } from '../nodes/layerNode.ts'

/**
 * What a layer does to positions, as the `model` event has it. What code outside of layers does to them is not known, so
 * data count only for the first layer of a model: receptive fields are then those of that model's input.
 */
export function describePositions(node: LayerNode): Pick<LayerInfo, 'positions' | 'input'> {
  const { positions: built, fedByData, repeats } = node
  if (!built || repeats) return {}
  const positions = positionsOf(built.positions)
  if (!fedByData) return { positions }
  const layer = node.layer.deref()
  if (!built.input || !layer || !takesModelInput(layer)) return {}
  return { positions, input: [...built.input] }
}

function positionsOf(built: NonNullable<LayerNode['positions']>['positions']): NonNullable<LayerInfo['positions']> {
  if (built === SAME_POSITIONS) return 'same'
  if (built === 'all') return 'all'
  const { kernel, stride, dilation, padding } = built
  return {
    kernel: kernel === 'all' ? [] : [...kernel],
    strides: [...stride],
    dilation: [...dilation],
    padding: typeof padding === 'string' ? padding : [...padding],
  }
}

/** Whether each symbolic call of a layer was with inputs of models. */
function takesModelInput({ inboundNodes = [] }: Layer): boolean {
  const before = inboundNodes.flatMap((node) => (node as { inboundLayers?: Layer[] }).inboundLayers ?? [])
  return before.length > 0 && before.every((layer) => kindOf(layer) === 'InputLayer')
}
