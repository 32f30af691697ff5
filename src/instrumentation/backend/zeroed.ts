import type { KernelFunction, WasmBackend } from './registry.ts'

/**
 * The same kernel with the memory of its result set to zero before: some gradient kernels add to what happens to be there.
 */
export function zeroed(kernel: KernelFunction): KernelFunction {
  return (call) => {
    const backend: WasmBackend = Object.create(call.backend, {
      makeOutput: {
        value: (...args: Parameters<WasmBackend['makeOutput']>) => {
          const output = call.backend.makeOutput(...args)
          call.backend.typedArrayFromHeap(output).fill(0)
          return output
        },
      },
    }) as WasmBackend
    return kernel({ ...call, backend })
  }
}
