/**
 * Types of the parts of TensorFlow.js that the monitor touches, as found in 4.22 (the same members exist in 3.x). They
 * are not the library's own types, because the monitor meets the user's copy at run time, in any version and bundle.
 */

export interface Tensor {
  id: number
  dataId: object
  shape: number[]
  dtype: string
  dataSync(): Float32Array
  dispose(): void
  /** Time steps that count, where a layer in front has masked some. */
  kerasMask?: Tensor
}

/** A tensor whose values can be replaced. */
export interface Variable extends Tensor {
  isDisposed?: boolean
  /** Takes over the values of a tensor of the same shape and type. */
  assign(values: Tensor): void
}

/** A recurrent layer's cell, which makes one time step of it. */
export interface Cell {
  units?: number
  filters?: number
  outputDim?: number
  dataFormat?: string
  activation?: { getClassName?(): string } | null
  /** The cells of a stack, which count as one. */
  cells?: Cell[]
  /** Turns an input and the states into an output and the new states; the first of these often is the output. */
  call(inputs: Tensor[], kwargs: object): Tensor | Tensor[]
}

/** A layer's weight; `val` is the variable that gradients are taken with respect to. */
export interface LayerVariable {
  val: object & { isDisposed?: boolean }
}

/** A tensor without values, which a functional model is built of. */
export interface SymbolicTensor {
  shape: (number | null)[]
  sourceLayer: Layer
  /** What the layer was called with. */
  inputs: SymbolicTensor[]
  /** Which of the layer's outputs it is, where there are several. */
  outputTensorIndex?: number
}

export interface Layer {
  name: string
  /** Sequential, LayersModel and other containers. */
  layers?: Layer[]
  inputLayers?: { batchInputShape?: (number | null)[] }[]
  /** The model that a `Sequential` trains by. */
  model?: Layer
  /** The layer that a wrapper such as `TimeDistributed` applies. */
  layer?: Layer
  outputLayers?: Layer[]
  /** A model's outputs. */
  outputs?: SymbolicTensor[]
  /** Whether a model's `fit` is in progress. */
  isTraining?: boolean
  getClassName(): string | undefined
  countParams(): number
  readonly built?: boolean
  weights: LayerVariable[]
  /** False where the program has frozen the layer. */
  trainable?: boolean
  units?: number
  filters?: number
  outputDim?: number
  dataFormat?: string
  activation?: { getClassName?(): string } | null
  /** The layer's arguments, as a saved model has them. */
  getConfig?(): Record<string, unknown>
  /** The layer's calls by symbolic tensors. */
  inboundNodes?: unknown[]
  call(inputs: Tensor[], kwargs: object): Tensor | Tensor[]
  /** `call` with checks, which every call of a layer goes through. */
  apply(inputs: unknown, kwargs?: unknown): unknown
  /** The user's hook into `call`. */
  _callHook?: unknown
  /** The shape that a Reshape layer gives each example; null or negative for a size that follows from the others. */
  targetShape?: (number | null)[]
  /** A recurrent layer's cell, which holds its config. */
  cell?: Cell
}

/** An attribute of an op, as `executeOp` of tfjs-node's addon takes it. */
export interface OpAttribute {
  name: string
  type: number
  value: unknown
}

/** tfjs-node's native addon. Its ids name TensorFlow's own tensors, which TensorFlow.js's engine does not track. */
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
  state: { kernelDepth: number; scopeStack?: { name: string }[] }
  gradients(f: () => Tensor, xs: unknown[], dy?: Tensor, allowNoGradients?: boolean): { value: Tensor; grads: Tensor[] }
  runKernel(name: string, inputs: Record<string, Tensor>, attributes?: Record<string, unknown>): Tensor
  tidy<T>(f: () => T): T
  /** Takes a tensor out of its scope, so that only `dispose` frees it. */
  keep(tensor: Tensor): Tensor
  makeTensor(values: Float32Array, shape: number[], dtype: string): Tensor
}

type Global = { _tfengine?: Engine; window?: { _tfengine?: Engine } }

/**
 * Returns the engine, which is one global of the process, also in bundles and for several copies of the library. It is
 * a property of `window` where the program has defined one. Undefined before TensorFlow.js is loaded.
 */
export function engine(): Engine | undefined {
  const { _tfengine, window } = globalThis as Global
  return _tfengine ?? window?._tfengine
}

/**
 * Calls back when TensorFlow.js makes its engine. It assigns the engine to the global object or to the program's own
 * `window`; both inherit this setter from `Object.prototype`. It costs nothing in a program without TensorFlow.js.
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

/** Whether a value is a `tf.Variable`. Plain tensors have no `assign`. */
export function isVariable(x: unknown): boolean {
  return typeof (x as { assign?: unknown } | null)?.assign === 'function'
}

/** Tells tensors from symbolic ones, which hold no data: functional models are built of them. */
export function isTensor(value: unknown): value is Tensor {
  return typeof (value as Tensor | undefined)?.dataSync === 'function'
}

/** Tells symbolic tensors from others. */
export function isSymbolic(value: unknown): value is SymbolicTensor {
  const { sourceLayer, shape } = (value ?? {}) as Partial<SymbolicTensor>
  return typeof sourceLayer?.apply === 'function' && Array.isArray(shape)
}

/**
 * Returns a layer's kind, which is the name that its class is saved under. A custom class may lack such a name as long
 * as its model is never saved; its kind is then its name in the code.
 */
export function kindOf(layer: Layer): string {
  const named: unknown = layer.getClassName()
  return (typeof named === 'string' && named) || layer.constructor.name || 'Layer'
}
