/**
 * The parts of TensorFlow.js that the monitor touches, as found in 4.22 (the same members exist in 3.x). Not imported
 * from the library's types: the user's copy is met at run time, whichever version and however bundled it is.
 */

export interface Tensor {
  id: number
  dataId: object
  shape: number[]
  dtype: string
  dataSync(): Float32Array
}

export interface Layer {
  name: string
  /** Sequential, LayersModel and other containers. */
  layers?: Layer[]
  outputLayers?: Layer[]
  getClassName(): string
  countParams(): number
  weights: unknown[]
  units?: number
  filters?: number
  outputDim?: number
  dataFormat?: string
  activation?: { getClassName?(): string } | null
}

/** Arguments as `node.backend.executeOp` of tfjs-node's addon wants them. */
export interface OpAttribute {
  name: string
  type: number
  value: unknown
}

/** tfjs-node's native addon. Ids name TensorFlow's own tensors, outside the engine's books. */
export interface Binding {
  TF_ATTR_TYPE: number
  TF_ATTR_BOOL: number
  TF_ATTR_INT: number
  TF_FLOAT: number
  TF_INT32: number
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array): number
  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): { id: number }[]
  tensorDataSync(id: number): Float32Array
  deleteTensor(id: number): void
}

export interface Backend {
  binding?: Binding
  getInputTensorIds?(tensors: Tensor[]): number[]
}

export interface Engine {
  backend: Backend
  backendName: string
  state: { kernelDepth: number }
  gradients(f: () => Tensor, xs: unknown[], dy?: Tensor, allowNoGradients?: boolean): { value: Tensor; grads: Tensor[] }
  runKernel(name: string, inputs: Record<string, Tensor>, attributes?: Record<string, unknown>): Tensor
  tidy<T>(f: () => T): T
  makeTensor(values: Float32Array, shape: number[], dtype: string): Tensor
}

/** The engine is a process-wide global, also inside bundles. Undefined before TensorFlow.js is loaded. */
export function engine(): Engine | undefined {
  return (globalThis as { _tfengine?: Engine })._tfengine
}
