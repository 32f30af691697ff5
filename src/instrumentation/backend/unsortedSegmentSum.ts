import type { KernelCall, TensorInfo } from './registry.ts'

/**
 * Sums the rows of x that have the same id. This is the gradient of a look-up (embedding, gather).
 *
 * Inputs: x [rows, …], segmentIds [rows]; ids outside [0, numSegments) are left out.
 * @returns [numSegments, …]
 */
export function unsortedSegmentSum({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo }
  const segments = attrs['numSegments'] as number
  const [rows = 0, ...rest] = x.shape
  const size = rest.reduce((product, axis) => product * axis, 1)
  const sums = backend.makeOutput([segments, ...rest], x.dtype)
  const [X, ids, S] = [x, segmentIds, sums].map((info) => backend.typedArrayFromHeap(info)) as Float32Array[]
  S!.fill(0)
  for (let row = 0; row < rows; row++) {
    const id = ids![row]!
    if (id < 0 || id >= segments) continue
    for (let i = 0; i < size; i++) S![id * size + i]! += X![row * size + i]!
  }
  return sums
}
