import { windowsOf, type WindowAttributes } from './convolutionPadding.ts'
import { wasmKernel, type KernelCall, type TensorInfo } from './registry.ts'

/**
 * Gradient of a 2D convolution with respect to its filter. It is itself a convolution, and runs on the wasm backend's
 * own Conv2D kernel: batch and channels change places, and the image is convolved with the gradient of the result,
 * dilated by `strides`.
 *
 * Inputs: x [batch, height, width, inChannels], dy [batch, outHeight, outWidth, outChannels].
 * @returns [kernelHeight, kernelWidth, inChannels, outChannels], attribute `filterShape`
 * @throws Error for the channels-first layout, which the wasm backend does not support anywhere.
 */
export function conv2dBackpropFilter({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
  const { filterShape, dataFormat } = attrs as { filterShape: number[]; dataFormat: string }
  if (dataFormat === 'NCHW') throw new Error('Conv2DBackpropFilter on wasm supports the layout NHWC only.')
  const [height = 0, width = 0] = filterShape
  const [, inHeight = 0, inWidth = 0] = x.shape
  const [, outHeight = 0, outWidth = 0] = dy.shape
  const attributes = attrs as unknown as WindowAttributes
  const windows = windowsOf(attributes, [inHeight, inWidth], [outHeight, outWidth], [height, width])
  const { strides, dilations, before } = windows
  const [top = 0, left = 0] = before
  const run = (name: string, input: Record<string, TensorInfo>, attributes: Record<string, unknown>): TensorInfo =>
    wasmKernel(name)!({ inputs: input, attrs: attributes, backend })
  // The image is padded by as much as the last window needs. The slice below removes what the strides leave over.
  const bottom = Math.max(0, (outHeight - 1) * strides[0]! + height - inHeight - top)
  const right = Math.max(0, (outWidth - 1) * strides[1]! + width - inWidth - left)

  const image = run('Transpose', { x }, { perm: [3, 1, 2, 0] })
  const filter = run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] })
  const whole = run(
    'Conv2D',
    { x: image, filter },
    {
      strides: dilations,
      dilations: strides,
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
  )
  const [inChannels = 0, , , outChannels = 0] = whole.shape
  const part = run('Slice', { x: whole }, { begin: [0, 0, 0, 0], size: [inChannels, height, width, outChannels] })
  const gradient = run('Transpose', { x: part }, { perm: [1, 2, 0, 3] })
  for (const { dataId } of [image, filter, whole, part]) backend.disposeData(dataId)
  return gradient
}
