import { layerKind } from '../../model/layerKinds.ts'
import type { MeasureOptions } from '../../protocol/measureOptions.ts'
import { untracked } from '../tfjs/untracked.ts'
import { kindOf, type Engine, type Layer, type Tensor } from '../tfjs/tfjs.ts'

/**
 * Turns a layer's output into the features that are measured, [..., width], as the options say. With the default
 * options the features are the output itself, and nothing is computed.
 */
export class Features {
  readonly #engine: Engine
  readonly #options: MeasureOptions

  constructor(engine: Engine, options: MeasureOptions) {
    this.#engine = engine
    this.#options = options
  }

  /**
   * Calls `use` with the features. Tensors made for them are untracked, and freed when `use` returns.
   * @param inputs of the layer's present call.
   */
  from(layer: Layer, inputs: Tensor[], output: Tensor, use: (features: Tensor) => void): void {
    const kind = layerKind(kindOf(layer))
    const spatial = kind.convolution && output.shape.length > 2
    const { convolution, downsample, recurrent, preActivation } = this.#options
    const before = preActivation && fusesActivation(layer)
    const first = layer.dataFormat === 'channelsFirst' && output.shape.length > 2
    const positions = first ? output.shape.slice(2) : output.shape.slice(1, -1)
    const coarser = spatial && downsample !== null && positions.some((size) => size > downsample)
    const pooled = spatial && convolution !== 'channelwise'
    const last = recurrent === 'last' && kind.recurrent && output.shape.length === 3
    if (!before && !first && !coarser && !pooled && !last) return use(output)
    untracked(this.#engine, () => {
      let x = before ? withoutActivation(layer, inputs) : output
      if (first) x = this.#channelsLast(x)
      if (last) x = this.#slice(x, (axis, size) => (axis === 1 ? [size - 1, 1] : [0, 1]))
      if (coarser) {
        const inner = x.shape.length - 1
        x = this.#slice(x, (axis, size) => [0, axis === 0 || axis === inner ? 1 : Math.ceil(size / downsample)])
      }
      use(pooled ? this.#pool(x) : x)
    })
  }

  /** [examples, channels, ...positions] → [examples, ...positions, channels] */
  #channelsLast(x: Tensor): Tensor {
    const positions = x.shape.slice(2).map((_, i) => i + 2)
    return this.#engine.runKernel('Transpose', { x }, { perm: [0, ...positions, 1] })
  }

  /** [examples, ...positions, channels] → [examples, width] */
  #pool(x: Tensor): Tensor {
    const { convolution } = this.#options
    const examples = x.shape[0] ?? 0
    const channels = x.shape.at(-1) ?? 1
    if (convolution === 'flatten') return this.#reshape(x, [examples, x.shape.slice(1).reduce((a, b) => a * b, 1)])
    const positions = x.shape.slice(1, -1).reduce((a, b) => a * b, 1)
    const rows = this.#reshape(x, [examples, positions, channels])
    if (convolution === 'median') {
      const values = medians(rows.dataSync(), examples, positions, channels)
      return this.#engine.makeTensor(values, [examples, channels], 'float32')
    }
    const kernel = convolution === 'max' ? 'Max' : 'Mean'
    // tfjs-node's Max reads the axis to reduce from `reductionIndices`, its Mean from `axis`.
    return this.#engine.runKernel(kernel, { x: rows }, { axis: [1], reductionIndices: [1], keepDims: false })
  }

  /** @param range returns the begin and the stride of an axis. */
  #slice(x: Tensor, range: (axis: number, size: number) => [number, number]): Tensor {
    const ranges = x.shape.map((size, axis) => range(axis, size))
    const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 }
    const bounds = { begin: ranges.map(([begin]) => begin), end: x.shape, strides: ranges.map(([, stride]) => stride) }
    return this.#engine.runKernel('StridedSlice', { x }, { ...bounds, ...masks })
  }

  #reshape(x: Tensor, shape: number[]): Tensor {
    return this.#engine.runKernel('Reshape', { x }, { shape })
  }
}

/**
 * Whether a layer applies an activation to its own result. Recurrent layers do not: their cell does, at each time step.
 */
function fusesActivation(layer: Layer): boolean {
  const name = layer.activation?.getClassName?.()
  return layer.cell === undefined && name !== undefined && name !== 'linear' && kindOf(layer) !== 'Activation'
}

const LINEAR = { getClassName: () => 'linear', apply: (x: Tensor) => x }

/**
 * Computes a layer's output before its activation: calls it once more with a linear one, then restores the original.
 */
function withoutActivation(layer: Layer, inputs: Tensor[]): Tensor {
  const { activation, _callHook: hook } = layer
  try {
    layer.activation = LINEAR
    layer._callHook = null
    const result = layer.call(inputs, {})
    return Array.isArray(result) ? result[0]! : result
  } finally {
    layer.activation = activation!
    layer._callHook = hook
  }
}

/** [examples × positions × channels] → [examples × channels]; of even numbers, the mean of the middle two. */
function medians(values: Float32Array, examples: number, positions: number, channels: number): Float32Array {
  const result = new Float32Array(examples * channels)
  const column = new Float32Array(positions)
  for (let example = 0; example < examples; example++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let p = 0; p < positions; p++) column[p] = values[(example * positions + p) * channels + channel]!
      column.sort()
      const middle = (column[(positions - 1) >> 1]! + column[positions >> 1]!) / 2
      result[example * channels + channel] = middle
    }
  }
  return result
}
