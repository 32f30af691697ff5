import { globalOf, rootOf } from '../tfjs/realm.ts'
import type { Engine } from '../tfjs/tfjs.ts'

/**
 * The kernel registry of TensorFlow.js, a process-wide map that all copies of the library share, and the part of the
 * wasm backend that a kernel needs. Both follow version 4.22: tfjs-core's `kernel_registry.ts` and tfjs-backend-wasm's
 * `backend_wasm.ts`.
 */

/** A kernel's input or output. */
export interface TensorInfo {
  dataId: object
  shape: number[]
  dtype: string
}

export interface WasmBackend {
  makeOutput(shape: number[], dtype: string): TensorInfo
  /** A view of the heap. It is valid until the next allocation, which may move the heap. */
  typedArrayFromHeap(info: TensorInfo): Float32Array | Int32Array
  disposeData(dataId: object): unknown
}

export interface KernelCall {
  inputs: Record<string, TensorInfo>
  attrs: Record<string, unknown>
  backend: WasmBackend
}

export type KernelFunction = (call: KernelCall) => TensorInfo

interface Kernel {
  kernelName: string
  backendName: string
  kernelFunc: KernelFunction
}

interface Namespace {
  _tfGlobals?: Map<string, unknown>
  window?: Namespace
}

/**
 * The kernel registry, by name of backend and kernel.
 * @param place the global object. The library keeps its globals there, or on the `window` that a program has defined.
 * @returns undefined where there is none (TensorFlow.js older than 2.0).
 */
function registry(place: object | null = globalThis): Map<string, Kernel> | undefined {
  const { _tfGlobals, window } = (place ?? {}) as Namespace
  return (_tfGlobals ?? window?._tfGlobals)?.get('kernelRegistry') as Map<string, Kernel> | undefined
}

/** Whether the engine's present backend has a kernel of this name. */
export function hasKernel(engine: Engine, kernelName: string): boolean {
  return registry(globalOf(rootOf(engine)))?.has(`${engine.backendName}_${kernelName}`) ?? false
}

/** The wasm backend's own kernel of this name; undefined when it has none. */
export function wasmKernel(kernelName: string): KernelFunction | undefined {
  return registry()?.get(`wasm_${kernelName}`)?.kernelFunc
}

/** Registers a kernel for the wasm backend. It replaces the backend's own kernel of this name, if there is one. */
export function registerWasmKernel(kernelName: string, kernelFunc: KernelFunction): void {
  const key = `wasm_${kernelName}`
  // An entry that is there may hold setup functions, which have to run when the backend starts.
  const before = registry()?.get(key) ?? { kernelName, backendName: 'wasm' }
  registry()?.set(key, { ...before, kernelFunc })
}
