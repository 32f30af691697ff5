import type { FanIn } from '../../model/axes/feeds.ts'
import { layerKind, type Contraction } from '../../model/layerKinds.ts'
import { kindOf, type Layer, type Tensor } from '../tfjs/tfjs.ts'

/**
 * Finds what a layer's features are sums over, from the shapes of its weights.
 * @returns null for a layer whose features no single weight makes: recurrent ones, classes of the program.
 */
export function fanInOf(layer: Layer): FanIn | null {
  const { contraction } = layerKind(kindOf(layer))
  if (contraction === 'wrapped') return layer.layer ? fanInOf(layer.layer) : null
  const [first, second] = layer.weights.map(({ val }) => val as Tensor)
  const weight = contraction === 'separable' ? second : first
  if (!contraction || !weight) return null
  const { shape } = weight
  if (contraction === 'separable') return separable(first!.shape, weight)
  if (contraction === 'depthwise') return { count: ofEachChannel(shape), by: 'inputs', from: null }
  if (contraction === 'table') return { count: shape[0] ?? 0, by: 'vocabulary', from: null }
  const axis = inputAxis(contraction, shape.length)
  const count = positionsOf(shape) * (shape[axis] ?? 0)
  return { count, by: 'inputs', from: count === shape[axis] ? { weight: weight.id, axis } : null }
}

function inputAxis(contraction: Contraction, rank: number): number {
  return contraction === 'transposedFilter' ? rank - 1 : rank - 2
}

/** The pointwise filter gets what the depthwise one makes. */
function separable(depthwise: readonly number[], pointwise: Tensor): FanIn {
  const axis = pointwise.shape.length - 2
  const isPlain = positionsOf(depthwise) === 1 && depthwise.at(-1) === 1
  return { count: ofEachChannel(depthwise), by: 'inputs', from: isPlain ? { weight: pointwise.id, axis } : null }
}

/** A channel's features are sums over its own positions alone. */
function ofEachChannel(filter: readonly number[]): number {
  const [channels = 0, multiplier = 0] = filter.slice(-2)
  return channels * Math.min(multiplier, positionsOf(filter))
}

/** Number of positions of a filter; 1 for a matrix. */
function positionsOf(filter: readonly number[]): number {
  return filter.slice(0, -2).reduce((product, size) => product * size, 1)
}
