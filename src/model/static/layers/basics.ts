import { SAME_POSITIONS } from '../../receptiveField/spatialNode.ts'
import { fixed, only, product, times, Unreadable, type Config, type FactsOf, type Shape } from '../layerFacts.ts'

/** The input of a model: no layer computes it. */
const input = (shape: Shape) => ({ shapes: [shape], parameters: 0, multiplyAdds: 0, positions: SAME_POSITIONS })

/** The shape that a configuration gives an input; null where it gives none. @param names of the shapes without and with batch axis */
function givenShape(config: Config, names: readonly [string, string]): Shape | null {
  const whole = config.sizes(names[1])
  if (whole) return whole
  const rest = config.sizes(names[0])
  return rest && [config.value('batchSize') === undefined ? null : config.whole('batchSize'), ...rest]
}

function required(shape: Shape | null): Shape {
  if (!shape) throw new Unreadable('shape')
  return shape
}

/** `tf.input`. */
export const symbolicInput: FactsOf = (config) => input(required(givenShape(config, ['shape', 'batchShape'])))

/** `tf.layers.inputLayer`. */
export const inputLayer: FactsOf = (config) => input(required(givenShape(config, ['inputShape', 'batchInputShape'])))

/** The input that the first layer of a sequential model describes. */
export const implicitInput: FactsOf = (config) => {
  const given = givenShape(config, ['inputShape', 'batchInputShape'])
  if (given) return input(given)
  const batch = config.value('batchSize') === undefined ? null : config.whole('batchSize')
  if (config.value('of') === 'dense') return input([batch, config.whole('inputDim')])
  if (config.value('of') !== 'embedding') throw new Unreadable('inputShape')
  return input([batch, ...(inputLengths(config) ?? [null])])
}

/** How many entries an embedding takes, by axis; null where the code leaves it out. */
function inputLengths(config: Config): (number | null)[] | null {
  const value = config.value('inputLength')
  return typeof value === 'number' ? [config.whole('inputLength')] : config.sizes('inputLength')
}

export const dense: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  if (shape.length < 2) throw new Unreadable('rank')
  const [units, size] = [config.whole('units'), fixed(shape.at(-1))]
  return {
    shapes: [[...shape.slice(0, -1), units]],
    parameters: size * units + (config.flag('useBias', true) ? units : 0),
    multiplyAdds: times(product(shape.slice(1, -1)), size * units),
    positions: shape.length === 2 ? 'all' : SAME_POSITIONS,
  }
}

export const embedding: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  const lengths = inputLengths(config)
  if (lengths && lengths.length !== shape.length - 1) throw new Unreadable('inputLength')
  const outputDim = config.whole('outputDim')
  const positions = shape.slice(1).map((size, axis) => size ?? lengths?.[axis] ?? null)
  return {
    shapes: [[shape[0] ?? null, ...positions, outputDim]],
    parameters: config.whole('inputDim') * outputDim,
    multiplyAdds: 0,
    positions: 'starts',
  }
}

/** A layer that changes numbers one by one. */
export const elementwise: FactsOf = (_, inputs) => {
  return { shapes: [only(inputs)], parameters: 0, multiplyAdds: 0, positions: SAME_POSITIONS }
}

export const batchNormalization: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  const vectors = 2 + Number(config.flag('scale', true)) + Number(config.flag('center', true))
  const size = fixed(shape.at(axisOf(config.value('axis') ?? -1, shape)))
  return { shapes: [shape], parameters: vectors * size, multiplyAdds: 0, positions: SAME_POSITIONS }
}

export const layerNormalization: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  const value = config.value('axis') ?? -1
  const axes: unknown[] = Array.isArray(value) ? value : [value]
  const size = product(axes.map((axis) => fixed(shape.at(axisOf(axis, shape)))))!
  const vectors = Number(config.flag('scale', true)) + Number(config.flag('center', true))
  const along = axes.length === 1 && axisOf(axes[0], shape) === shape.length - 1
  return {
    shapes: [shape],
    parameters: vectors * size,
    multiplyAdds: 0,
    positions: along ? SAME_POSITIONS : 'all',
  }
}

/** An axis counted from 0 with the batch axis; a negative one counts from the end. */
export function axisOf(value: unknown, shape: Shape): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Unreadable('axis')
  const axis = value < 0 ? value + shape.length : value
  if (axis < 0 || axis >= shape.length) throw new Unreadable('axis')
  return axis
}

export const prelu: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  const shared = config.value('sharedAxes') ?? []
  const axes: unknown[] = Array.isArray(shared) ? shared : [shared]
  const sizes = shape.slice(1).map((size, n) => (axes.includes(n + 1) ? 1 : fixed(size)))
  return { shapes: [shape], parameters: product(sizes)!, multiplyAdds: 0, positions: SAME_POSITIONS }
}

export const flatten: FactsOf = (_, inputs) => {
  const [batch = null, ...rest] = only(inputs)
  if (rest.length < 2) throw new Unreadable('rank')
  return { shapes: [[batch, product(rest.map(fixed))]], parameters: 0, multiplyAdds: 0, positions: 'all' }
}

export const reshape: FactsOf = (config, inputs) => {
  const [batch = null, ...rest] = only(inputs)
  const target = config.sizes('targetShape')?.map((size) => (size !== null && size < 0 ? null : size))
  if (!target) throw new Unreadable('targetShape')
  const size = product(rest.map(fixed))!
  const known = target.reduce<number>((all, each) => all * (each ?? 1), 1)
  const open = target.filter((each) => each === null).length
  if (open > 1 || known < 1 || size % known !== 0 || (open === 0 && size !== known)) throw new Unreadable('targetShape')
  const shape = [batch, ...target.map((each) => each ?? size / known)]
  return { shapes: [shape], parameters: 0, multiplyAdds: 0, positions: 'starts' }
}

export const permute: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  const dims = config.sizes('dims') ?? []
  const sorted = [...dims].sort((a, b) => Number(a) - Number(b))
  if (dims.length !== shape.length - 1 || sorted.some((dim, n) => dim !== n + 1)) throw new Unreadable('dims')
  const shapes = [[shape[0] ?? null, ...dims.map((dim) => shape[dim!] ?? null)]]
  return { shapes, parameters: 0, multiplyAdds: 0, positions: 'rearranged' }
}

export const repeatVector: FactsOf = (config, inputs) => {
  const [batch = null, size = null, ...more] = only(inputs)
  if (more.length > 0) throw new Unreadable('rank')
  return { shapes: [[batch, config.whole('n'), size]], parameters: 0, multiplyAdds: 0, positions: 'all' }
}

export const centerCrop: FactsOf = (config, inputs) => {
  const shape = [...only(inputs)]
  if (shape.length < 3) throw new Unreadable('rank')
  shape.splice(-3, 2, config.whole('height'), config.whole('width'))
  return { shapes: [shape], parameters: 0, multiplyAdds: 0, positions: 'rearranged' }
}
