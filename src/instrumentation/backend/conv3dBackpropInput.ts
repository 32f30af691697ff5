import { windowsOf, type WindowAttributes } from './convolutionPadding.ts'
import type { KernelCall, TensorInfo } from './registry.ts'

/**
 * Gradient of a 3D convolution with respect to its input. The wasm backend's own kernel (version 4.22) returns other
 * values than the cpu backend's, without an error.
 *
 * Inputs: dy [batch, …out, outChannels], filter […kernel, inChannels, outChannels] with three spatial axes.
 * @returns [batch, …spatial, inChannels], attribute `inputShape`
 */
export function conv3dBackpropInput({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
  const inputShape = attrs['inputShape'] as number[]
  const [extent, out, kernel] = [inputShape.slice(1, 4), dy.shape.slice(1, 4), filter.shape.slice(0, 3)]
  const [inChannels = 0, outChannels = 0] = filter.shape.slice(3)
  const { strides, before } = windowsOf(attrs as unknown as WindowAttributes, extent, out, kernel)
  const gradient = backend.makeOutput(inputShape, 'float32')
  const [DY, W, DX] = [dy, filter, gradient].map((info) => backend.typedArrayFromHeap(info)) as Float32Array[]
  DX!.fill(0)
  const batch = inputShape[0] ?? 0
  for (let b = 0; b < batch; b++)
    for (const position of grid(out))
      for (const offset of grid(kernel)) {
        const at = position.map((p, axis) => p * strides[axis]! - before[axis]! + offset[axis]!)
        if (at.some((p, axis) => p < 0 || p >= extent[axis]!)) continue
        const atDy = flat(b, position, out) * outChannels
        const atX = flat(b, at, extent) * inChannels
        const atW = flat(0, offset, kernel) * inChannels * outChannels
        for (let c = 0; c < inChannels; c++) {
          let sum = 0
          for (let o = 0; o < outChannels; o++) sum += DY![atDy + o]! * W![atW + c * outChannels + o]!
          DX![atX + c]! += sum
        }
      }
  return gradient
}

/** All positions in a box of three axes. */
function* grid([depth = 0, height = 0, width = 0]: readonly number[]): Generator<[number, number, number]> {
  for (let z = 0; z < depth; z++) for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) yield [z, y, x]
}

/** Position in a flat array of the element [batch, z, y, x] in a box of shape [d, h, w]. */
function flat(
  batch: number,
  [z = 0, y = 0, x = 0]: readonly number[],
  [d = 0, h = 0, w = 0]: readonly number[],
): number {
  return ((batch * d + z) * h + y) * w + x
}
