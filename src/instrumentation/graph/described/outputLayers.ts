import { layerKind } from '../../../model/layerKinds.ts'
import type { Layer } from '../../../protocol/layer.ts'

/** A layer of the graph, as far as the search for outputs depends on it. */
export interface Node {
  info: Pick<Layer, 'kind' | 'width' | 'parameters'>
  /** Layers that have taken its output. */
  consumers: ReadonlySet<Node>
  /** Whether an input was no layer's output: data, or the result of plain ops. */
  fedByData: boolean
  /** Whether it was the last layer of a training step. */
  endsPass: boolean
  /** Whether a model names it as one of its outputs. */
  isModelOutput: boolean
}

/**
 * Whether a layer's width is set by the task: it is the last one, or all layers behind it make no features of their
 * own. Examples are `dense(10)` before `activation('softmax')`, and a generator's last convolution before its `tanh`.
 */
export function isOutput(layer: Node, visited = new Set<Node>()): boolean {
  if (isLast(layer) && (layer.endsPass || layer.isModelOutput)) return true
  // A layer that is shared can come behind itself.
  visited.add(layer)
  return [...layer.consumers].some((next) => !visited.has(next) && passesOn(next, layer) && isOutput(next, visited))
}

/**
 * Whether no layer of the model comes behind this one. A generator counts as last although its output enters the
 * critic: the critic takes real data as well, so the generator's width is that of the data and cannot be chosen freely.
 */
function isLast({ consumers }: Node): boolean {
  return consumers.size === 0 || [...consumers].some(({ fedByData }) => fedByData)
}

/** Whether `next` hands on the features of `layer`. Judged by width, because custom activations do so as well. */
function passesOn({ info }: Node, layer: Node): boolean {
  const { normaliser, reshapes } = layerKind(info.kind)
  if (info.parameters > 0 && !normaliser) return false
  return reshapes || info.width === layer.info.width
}
