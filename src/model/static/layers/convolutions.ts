import { outputSize } from '../../receptiveField/mapSizes.ts'
import {
  fixed,
  only,
  product,
  times,
  Unreadable,
  type Config,
  type FactsOf,
  type LayerFacts,
  type PositionFacts,
  type Shape,
} from '../layerFacts.ts'

/** A shape as positions and channels, whatever the data format. */
interface Map {
  readonly batch: number | null
  readonly positions: readonly (number | null)[]
  readonly channels: number | null
}

function mapOf(shape: Shape, axes: number, channelsFirst: boolean): Map {
  if (shape.length !== axes + 2) throw new Unreadable('rank')
  const [batch = null, ...rest] = shape
  const channels = channelsFirst ? rest[0] : rest.at(-1)
  return { batch, positions: channelsFirst ? rest.slice(1) : rest.slice(0, -1), channels: channels ?? null }
}

function shapeOf({ batch, positions, channels }: Map, channelsFirst: boolean): Shape {
  return channelsFirst ? [batch, channels, ...positions] : [batch, ...positions, channels]
}

/** Whether channels come first. */
function isChannelsFirst(config: Config): boolean {
  return config.choice('dataFormat', ['channelsLast', 'channelsFirst']) === 'channelsFirst'
}

interface Window {
  kernel: readonly number[]
  stride: readonly number[]
  dilation: readonly number[]
  padding: 'valid' | 'same'
}

/** Padding `causal` is left out: TensorFlow.js has no such convolution. */
function windowOf(config: Config, axes: number): Window {
  return {
    kernel: config.each('kernelSize', axes),
    stride: config.each('strides', axes, 1),
    dilation: config.each('dilationRate', axes, 1),
    padding: config.choice('padding', ['valid', 'same']),
  }
}

function slide(positions: readonly (number | null)[], { kernel, stride, dilation, padding }: Window) {
  return positions.map((size, axis) =>
    size === null ? null : fixed(outputSize(size, kernel[axis]!, stride[axis]!, dilation[axis]!, padding)),
  )
}

/** Receptive fields are computed for maps whose channels come last. */
function seen(window: PositionFacts, channelsFirst: boolean): PositionFacts {
  return channelsFirst ? 'rearranged' : window
}

const area = (kernel: readonly number[]): number => kernel.reduce((all, size) => all * size, 1)

/** A convolution over 1, 2 or 3 axes. */
export const convolution =
  (axes: number): FactsOf =>
  (config, inputs) => {
    const first = isChannelsFirst(config)
    const [map, window, filters] = [mapOf(only(inputs), axes, first), windowOf(config, axes), config.whole('filters')]
    const positions = slide(map.positions, window)
    const weights = area(window.kernel) * fixed(map.channels) * filters
    return {
      shapes: [shapeOf({ ...map, positions, channels: filters }, first)],
      parameters: weights + (config.flag('useBias', true) ? filters : 0),
      multiplyAdds: times(product(positions), weights),
      positions: seen(window, first),
    }
  }

/** A transposed convolution over 2 or 3 axes. Each position of its input is multiplied with the whole kernel. */
export const transposedConvolution =
  (axes: number): FactsOf =>
  (config, inputs) => {
    const first = isChannelsFirst(config)
    const [map, window, filters] = [mapOf(only(inputs), axes, first), windowOf(config, axes), config.whole('filters')]
    if (window.dilation.some((rate) => rate !== 1)) throw new Unreadable('dilationRate')
    const more = (axis: number) =>
      window.padding === 'same' ? 0 : Math.max(window.kernel[axis]! - window.stride[axis]!, 0)
    const positions = map.positions.map((size, axis) =>
      size === null ? null : size * window.stride[axis]! + more(axis),
    )
    const weights = area(window.kernel) * fixed(map.channels) * filters
    const field = {
      // So many positions of the input reach one of the output, at most.
      kernel: window.kernel.map((size, axis) => Math.ceil(size / window.stride[axis]!)),
      stride: window.stride.map((step) => 1 / step),
      dilation: [],
      padding: 'same' as const,
    }
    return {
      shapes: [shapeOf({ ...map, positions, channels: filters }, first)],
      parameters: weights + (config.flag('useBias', true) ? filters : 0),
      multiplyAdds: times(product(map.positions), weights),
      positions: seen(field, first),
    }
  }

/** A filter for each channel. TensorFlow.js ignores its dilation. */
export const depthwiseConvolution: FactsOf = (config, inputs) => {
  const first = isChannelsFirst(config)
  const [map, window] = [mapOf(only(inputs), 2, first), { ...windowOf(config, 2), dilation: [1, 1] }]
  const channels = fixed(map.channels) * config.whole('depthMultiplier', 1)
  const positions = slide(map.positions, window)
  const weights = area(window.kernel) * channels
  return {
    shapes: [shapeOf({ ...map, positions, channels }, first)],
    parameters: weights + (config.flag('useBias', true) ? channels : 0),
    multiplyAdds: times(product(positions), weights),
    positions: seen(window, first),
  }
}

/** A filter for each channel, then a convolution of one position. */
export const separableConvolution: FactsOf = (config, inputs) => {
  const whole = convolution(2)(config, inputs)
  const channels = fixed(mapOf(only(inputs), 2, isChannelsFirst(config)).channels)
  const [filters, between] = [config.whole('filters'), channels * config.whole('depthMultiplier', 1)]
  const weights = area(config.each('kernelSize', 2)) * between + between * filters
  const positions = mapOf(whole.shapes[0]!, 2, isChannelsFirst(config)).positions
  return {
    ...whole,
    parameters: weights + (config.flag('useBias', true) ? filters : 0),
    multiplyAdds: times(product(positions), weights),
  }
}

/** A layer of positions without weights. */
function weightless(shape: Shape, positions: PositionFacts): LayerFacts {
  return { shapes: [shape], parameters: 0, multiplyAdds: 0, positions }
}

/** A pooling over 1, 2 or 3 axes. */
export const pooling =
  (axes: number): FactsOf =>
  (config, inputs) => {
    const first = axes > 1 && isChannelsFirst(config)
    const map = mapOf(only(inputs), axes, first)
    const kernel = config.each('poolSize', axes, 2)
    const padding = config.choice('padding', ['valid', 'same'])
    const window = {
      kernel,
      stride: config.each('strides', axes, kernel),
      dilation: Array<number>(axes).fill(1),
      padding,
    }
    return weightless(shapeOf({ ...map, positions: slide(map.positions, window) }, first), seen(window, first))
  }

/** A pooling over all positions of 1 or 2 axes. */
export const globalPooling =
  (axes: number): FactsOf =>
  (config, inputs) => {
    const { batch, channels } = mapOf(only(inputs), axes, axes > 1 && isChannelsFirst(config))
    return weightless([batch, channels], 'all')
  }

/** Repeats rows and columns. */
export const upSampling: FactsOf = (config, inputs) => {
  const first = isChannelsFirst(config)
  const map = mapOf(only(inputs), 2, first)
  const size = config.each('size', 2, 2)
  const positions = map.positions.map((positions, axis) => times(positions, size[axis]!))
  const field = { kernel: [], stride: size.map((factor) => 1 / factor), dilation: [], padding: 'same' as const }
  return weightless(shapeOf({ ...map, positions }, first), seen(field, first))
}

/** Adds or takes away rows and columns at the edges. @param sign 1 for padding, -1 for cropping */
export const edges =
  (name: 'padding' | 'cropping', sign: 1 | -1): FactsOf =>
  (config, inputs) => {
    const first = isChannelsFirst(config)
    const map = mapOf(only(inputs), 2, first)
    const added = edgesOf(config.value(name) ?? (name === 'padding' ? 1 : 0)).map((each) => sign * each)
    const positions = map.positions.map((size, axis) => (size === null ? null : fixed(size + added[axis]!)))
    const field = { kernel: [], stride: [], dilation: [], padding: added }
    return weightless(shapeOf({ ...map, positions }, first), seen(field, first))
  }

/** Rows and columns at both ends together, from one number, two numbers, or two pairs. */
function edgesOf(value: unknown): number[] {
  if (typeof value === 'number') return [2 * value, 2 * value]
  if (!Array.isArray(value) || value.length !== 2) throw new Unreadable('edges')
  return value.map((each: unknown) => {
    const pair: unknown[] = Array.isArray(each) ? each : [each, each]
    if (pair.length !== 2 || !pair.every((n) => Number.isInteger(n))) throw new Unreadable('edges')
    return (pair[0] as number) + (pair[1] as number)
  })
}
