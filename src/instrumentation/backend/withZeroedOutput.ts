import type { KernelFunction, WasmBackend } from './registry.ts'

/**
 * Wraps a kernel so that the memory of its result is zero before the kernel runs. Some gradient kernels add to whatever
 * that memory holds.
 */
export function withZeroedOutput(kernel: KernelFunction): KernelFunction {
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
