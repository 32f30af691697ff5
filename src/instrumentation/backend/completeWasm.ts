import { conv2dBackpropFilter } from './conv2dBackpropFilter.ts'
import { conv3dBackpropInput } from './conv3dBackpropInput.ts'
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwiseBackprop.ts'
import { registerWasmKernel, wasmKernel, type KernelFunction } from './registry.ts'
import { unsortedSegmentSum } from './unsortedSegmentSum.ts'
import { withZeroedOutput } from './withZeroedOutput.ts'

/** Gradient kernels that the wasm backend lacks (version 4.22). */
const MISSING: Record<string, KernelFunction> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  UnsortedSegmentSum: unsortedSegmentSum,
}

/**
 * Gradient kernels that add to whatever the memory of their result holds (version 4.22). Their results are right only
 * by chance, and no error tells.
 */
const UNINITIALISED = ['MaxPoolGrad', 'ResizeBilinearGrad', 'ResizeNearestNeighborGrad']

/** Gradient kernels whose results are wrong (version 4.22), and kernels that replace them. */
const WRONG: Record<string, KernelFunction> = { Conv3DBackpropInputV2: conv3dBackpropInput }

/**
 * Makes training on the wasm backend possible: registers the gradient kernels that it lacks, and replaces those that
 * are wrong. A lacking kernel that a later version of the backend has is not replaced.
 * @returns the names of the kernels that were registered.
 */
export function completeWasm(): string[] {
  const ours = Object.entries({ ...MISSING, ...WRONG }).filter(([name]) => name in WRONG || !wasmKernel(name))
  for (const name of UNINITIALISED) {
    const kernel = wasmKernel(name)
    if (kernel) ours.push([name, withZeroedOutput(kernel)])
  }
  for (const [name, kernel] of ours) registerWasmKernel(name, kernel)
  return ours.map(([name]) => name)
}
