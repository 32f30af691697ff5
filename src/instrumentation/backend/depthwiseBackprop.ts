import { windowsOf, type WindowAttributes } from './convolutionPadding.ts'
import type { KernelCall, TensorInfo } from './registry.ts'

/**
 * Gradient of a depthwise convolution with respect to its filter.
 *
 * Inputs: x [batch, height, width, channels], dy [batch, outHeight, outWidth, channels × multiplier].
 * @returns [kernelHeight, kernelWidth, channels, multiplier], attribute `filterShape`
 */
export function depthwiseBackpropFilter({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
  const filterShape = attrs['filterShape'] as number[]
  const gradient = backend.makeOutput(filterShape, 'float32')
  const [X, DY, DW] = [x, dy, gradient].map((info) => backend.typedArrayFromHeap(info)) as [Values, Values, Values]
  DW.fill(0)
  eachProduct(x.shape, dy.shape, filterShape, attrs as unknown as WindowAttributes, (atX, atDy, atW) => {
    DW[atW]! += X[atX]! * DY[atDy]!
  })
  return gradient
}

/**
 * Gradient of a depthwise convolution with respect to its input.
 *
 * Inputs: dy [batch, outHeight, outWidth, channels × multiplier], filter [kernelHeight, kernelWidth, channels,
 * multiplier].
 * @returns [batch, height, width, channels], attribute `inputShape`
 */
export function depthwiseBackpropInput({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
  const inputShape = attrs['inputShape'] as number[]
  const gradient = backend.makeOutput(inputShape, 'float32')
  const [DY, W, DX] = [dy, filter, gradient].map((info) => backend.typedArrayFromHeap(info)) as [Values, Values, Values]
  DX.fill(0)
  eachProduct(inputShape, dy.shape, filter.shape, attrs as unknown as WindowAttributes, (atX, atDy, atW) => {
    DX[atX]! += W[atW]! * DY[atDy]!
  })
  return gradient
}

type Values = Float32Array

/** Calls back for every product x · w that the convolution sums, with the offsets of x, of the sum and of w. */
function eachProduct(
  xShape: readonly number[],
  dyShape: readonly number[],
  filterShape: readonly number[],
  attributes: WindowAttributes,
  product: (atX: number, atDy: number, atW: number) => void,
): void {
  const [batch = 0, height = 0, width = 0, channels = 0] = xShape
  const [, outHeight = 0, outWidth = 0] = dyShape
  const [kernelHeight = 0, kernelWidth = 0, , multiplier = 0] = filterShape
  const windows = windowsOf(attributes, [height, width], [outHeight, outWidth], [kernelHeight, kernelWidth])
  const [strideY = 1, strideX = 1] = windows.strides
  const [dilationY = 1, dilationX = 1] = windows.dilations
  const [top = 0, left = 0] = windows.before
  const outChannels = channels * multiplier
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < outHeight; i++)
      for (let ki = 0; ki < kernelHeight; ki++) {
        const row = i * strideY - top + ki * dilationY
        if (row < 0 || row >= height) continue
        for (let j = 0; j < outWidth; j++)
          for (let kj = 0; kj < kernelWidth; kj++) {
            const column = j * strideX - left + kj * dilationX
            if (column < 0 || column >= width) continue
            const atX = ((b * height + row) * width + column) * channels
            const atDy = ((b * outHeight + i) * outWidth + j) * outChannels
            const atW = (ki * kernelWidth + kj) * outChannels
            for (let c = 0; c < channels; c++)
              for (let m = c * multiplier; m < (c + 1) * multiplier; m++) product(atX + c, atDy + m, atW + m)
          }
      }
}
