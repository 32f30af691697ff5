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

/** A layer's weight; `val` is the variable that gradients are taken with respect to. */
export interface LayerVariable {
  val: object & { isDisposed?: boolean }
}

export interface Layer {
  name: string
  /** Sequential, LayersModel and other containers. */
  layers?: Layer[]
  outputLayers?: Layer[]
  /** Whether a model's `fit` is under way. */
  isTraining?: boolean
  getClassName(): string | undefined
  countParams(): number
  weights: LayerVariable[]
  units?: number
  filters?: number
  outputDim?: number
  dataFormat?: string
  activation?: { getClassName?(): string } | null
  call(inputs: Tensor[], kwargs: object): Tensor | Tensor[]
  /** The user's hook into `call`. */
  _callHook?: unknown
  /** A recurrent layer's cell, which holds its config. */
  cell?: Pick<Layer, 'units' | 'filters' | 'activation'>
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

type Global = { _tfengine?: Engine; window?: { _tfengine?: Engine } }

/**
 * The engine is a process-wide global, also inside bundles and for several copies of the library; it sits on `window`
 * where a program has defined one. Undefined before TensorFlow.js is loaded.
 */
export function engine(): Engine | undefined {
  const { _tfengine, window } = globalThis as Global
  return _tfengine ?? window?._tfengine
}

/**
 * Calls back when TensorFlow.js makes its engine, on the global object or on the program's own `window`: both inherit the
 * setter from `Object.prototype`. Costs nothing in a program that never loads it.
 */
export function onEngine(callback: (engine: Engine) => void): void {
  Object.defineProperty(Object.prototype, '_tfengine', {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, value: Engine) {
      Object.defineProperty(this, '_tfengine', { value, writable: true, enumerable: true, configurable: true })
      callback(value)
    },
  })
}

/** Whether a value is a `tf.Variable`: plain tensors cannot be assigned to. */
export function isVariable(x: unknown): boolean {
  return typeof (x as { assign?: unknown } | null)?.assign === 'function'
}

/**
 * A layer's kind: the name that its class is saved under. A class of the program's own needs none as long as nobody saves
 * the model; it then goes by its name in the code.
 */
export function kindOf(layer: Layer): string {
  const named: unknown = layer.getClassName()
  return (typeof named === 'string' && named) || layer.constructor.name || 'Layer'
}
