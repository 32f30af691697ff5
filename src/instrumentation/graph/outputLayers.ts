import type { Layer } from '../../protocol/events.ts'

/** What the search for outputs needs to know of a layer. */
export interface Node {
  info: Pick<Layer, 'id' | 'kind' | 'width' | 'parameters'>
  /** Layers that have taken its output. */
  consumers: ReadonlySet<Node>
  /** Whether an input was no layer's output: data, or the result of plain ops. */
  fedByData: boolean
  /** Whether it was the last layer of a training step. */
  endsPass: boolean
}

/** Layers that scale or shift features and make none of their own, though they have weights. */
export const NORMALISERS: ReadonlySet<string> = new Set(['BatchNormalization', 'LayerNormalization', 'PReLU'])

/** Layers that lay the features out anew: as many come out as went in. */
const RESHAPING = new Set(['Flatten', 'Permute', 'Reshape'])

/**
 * Whether a layer's width is set by the task: it is the last one, or only layers that make no features of their own come
 * behind it, such as `dense(10)` before `activation('softmax')`, or a generator's last convolution before its `tanh`.
 * @param modelOutputs ids of the layers that models name as their outputs.
 */
export function isOutput(layer: Node, modelOutputs: ReadonlySet<string>, visited = new Set<Node>()): boolean {
  if (isLast(layer) && (layer.endsPass || modelOutputs.has(layer.info.id))) return true
  // A layer that is shared can come behind itself.
  visited.add(layer)
  return [...layer.consumers].some(
    (next) => !visited.has(next) && passesOn(next, layer) && isOutput(next, modelOutputs, visited),
  )
}

/**
 * Whether nothing of the model comes behind a layer. A generator's output enters the critic, which takes real data as
 * well: its width is the data's, and no more free to choose than any last layer's.
 */
function isLast({ consumers }: Node): boolean {
  return consumers.size === 0 || [...consumers].some(({ fedByData }) => fedByData)
}

/** Whether `next` hands on the features of `layer`. By width, not by kind, because a custom activation does so as well. */
function passesOn({ info }: Node, layer: Node): boolean {
  if (info.parameters > 0 && !NORMALISERS.has(info.kind)) return false
  return RESHAPING.has(info.kind) || info.width === layer.info.width
}
