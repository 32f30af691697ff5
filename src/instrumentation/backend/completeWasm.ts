import { conv2dBackpropFilter } from './conv2dBackpropFilter.ts'
import { conv3dBackpropInput } from './conv3dBackpropInput.ts'
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwiseBackprop.ts'
import { registerWasmKernel, wasmKernel, type KernelFunction } from './registry.ts'
import { unsortedSegmentSum } from './unsortedSegmentSum.ts'
import { zeroed } from './zeroed.ts'

/** Gradient kernels that the wasm backend lacks (4.22). */
const MISSING: Record<string, KernelFunction> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  UnsortedSegmentSum: unsortedSegmentSum,
}

/** Gradient kernels that add to whatever is in the memory of their result (4.22): right by luck, wrong without an error. */
const UNINITIALISED = ['MaxPoolGrad', 'ResizeBilinearGrad', 'ResizeNearestNeighborGrad']

/** Gradient kernels that compute something else (4.22). */
const WRONG: Record<string, KernelFunction> = { Conv3DBackpropInputV2: conv3dBackpropInput }

/**
 * Makes training on the wasm backend possible: supplies the gradient kernels that it lacks and replaces those that are
 * wrong. Kernels of a later version that has them are left alone.
 * @returns the names of the kernels that are ours now.
 */
export function completeWasm(): string[] {
  const ours = Object.entries({ ...MISSING, ...WRONG }).filter(([name]) => name in WRONG || !wasmKernel(name))
  for (const name of UNINITIALISED) {
    const kernel = wasmKernel(name)
    if (kernel) ours.push([name, zeroed(kernel)])
  }
  for (const [name, kernel] of ours) registerWasmKernel(name, kernel)
  return ours.map(([name]) => name)
}
