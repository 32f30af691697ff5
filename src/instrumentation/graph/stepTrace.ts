import { callerOf } from './operationCaller.ts'
import { EIGENSPACE_PROJECTION, LAYER_KINDS } from '../../model/layerKinds.ts'
import type { LayerCall, Operation, TensorShape, Trace, TracedVariable } from '../../model/axes/trace.ts'
import { isContainer, variablesOf } from '../tfjs/layerTraits.ts'
import { isTensor, isVariable, kindOf, type Engine, type Layer, type Tensor } from '../tfjs/tfjs.ts'

/** Operations after which a trace is given up: a recurrent layer over thousands of time steps. */
const MAX_OPERATIONS = 20_000

type Inputs = Record<string, Tensor | null | undefined>

/**
 * Records what one training step does, from the begin of its forward pass to the loss: kernels with the ids and shapes
 * of their tensors, never the tensors. Two methods of the engine are wrapped for that time and put back afterwards.
 */
export class StepTrace {
  readonly engine: Engine
  /** Time that recording took so far, ms. */
  spentMs = 0
  readonly #trained: ReadonlySet<unknown>
  readonly #operations: Operation[] = []
  readonly #calls: LayerCall[] = []
  readonly #made = new Map<number, boolean>()
  /** Ids of tensors that operations have made, or that layers were called with. */
  readonly #known = new Set<number>()
  /** Variables that operations have read, by tensor id. */
  readonly #variables = new Map<number, unknown>()
  readonly #declared: { id: number; axis: number }[] = []
  /** Ids of tensors that kernels outside of all layers have read. */
  readonly #takenByCode = new Set<number>()
  /** What layers of the program were called with last. */
  readonly #inputs = new WeakMap<Layer, TensorShape[]>()
  readonly #owners = new Map<number, Set<string>>()
  /** The layers whose calls are in progress, with their kinds; null for classes of the program. */
  readonly #stack: { layer: Layer; kind: string | null }[] = []
  /** Kernels in progress: a kernel may run others. */
  #depth = 0
  #isIgnoring = false
  /** What went wrong in recording: nothing is recorded from then on. */
  #fault: { error: unknown } | null = null
  #restore: (() => void)[] = []

  /** The variables that the step has read and takes gradients with respect to. Without a list, that is every variable. */
  get trained(): Set<unknown> {
    return new Set([...this.#variables.values()].filter((variable) => this.#trained.has(variable)))
  }

  /** @param trained variables that the step takes gradients with respect to */
  constructor(engine: Engine, trained: ReadonlySet<unknown>) {
    this.engine = engine
    this.#trained = trained
  }

  /** Runs the step's forward pass and records it; the engine is as it was afterwards, also after a throw. */
  during<T>(forward: () => T): T {
    this.#wrap('runKernel', (original) => this.#runKernel(original))
    this.#wrap('makeTensor', (original) => this.#makeTensor(original))
    try {
      return forward()
    } finally {
      // In reverse: V8 keeps an object's properties fast only where the one that was added last is deleted. Otherwise every
      // operation of the program would be slower from then on.
      for (const restore of this.#restore.splice(0).reverse()) restore()
    }
  }

  /** Ignores kernels from now on, or no longer: those of the monitor, and of gradients of the program's own. */
  ignore(on: boolean): void {
    this.#isIgnoring = on
  }

  /** A layer's call begins. */
  enter(layer: Layer, inputs: unknown, kwargs: unknown): void {
    const given = [inputs, Object.values(kwargs ?? {})].flat(2)
    for (const { id } of given.filter(isTensor)) this.#known.add(id)
    if (isContainer(layer)) {
      this.#declare(layer, [inputs].flat().filter(isTensor))
      return
    }
    const kind = kindOf(layer)
    const isOfLibrary = LAYER_KINDS.has(kind) || kind === EIGENSPACE_PROJECTION
    if (!isOfLibrary) {
      const tensors = [inputs].flat().filter(isTensor)
      this.#inputs.set(
        layer,
        tensors.map(({ id, shape }) => ({ id, shape: shape.slice() })),
      )
    }
    this.#stack.push({ layer, kind: isOfLibrary ? kind : null })
  }

  /** A model inside another checks that its inputs have the sizes that its own inputs were declared with. */
  #declare(model: Layer, inputs: readonly Tensor[]): void {
    for (const [i, { id }] of inputs.entries())
      for (const [axis, size] of (model.inputLayers?.[i]?.batchInputShape ?? []).entries())
        if (axis > 0 && size !== null) this.#declared.push({ id, axis })
  }

  /** A layer's call ends. */
  leave(layer: Layer): void {
    if (!isContainer(layer)) this.#stack.pop()
  }

  /** A layer of the graph has made an output. @param id of the layer in the graph */
  called(id: string, layer: Layer, output: Tensor): void {
    const shape = output.shape.slice()
    const featureAxis = layer.dataFormat === 'channelsFirst' ? 1 : shape.length - 1
    const inputs = this.#inputs.get(layer)
    const ofProgram = inputs ? { ofProgram: { kind: kindOf(layer), inputs } } : {}
    if (featureAxis > 0) this.#calls.push({ layer: id, output: { id: output.id, shape }, featureAxis, ...ofProgram })
    for (const variable of variablesOf(layer)) {
      const { id: tensorId } = variable as Tensor
      const owners = this.#owners.get(tensorId) ?? new Set()
      this.#owners.set(tensorId, owners.add(id))
    }
  }

  /**
   * Returns what was recorded; null where there was too much of it.
   * @param loss the differentiated scalar
   * @throws what the recording itself threw, which the step was not to notice.
   */
  traceTo(loss: Tensor): Trace | null {
    if (this.#fault) throw this.#fault.error
    if (this.#operations.length > MAX_OPERATIONS) return null
    const variables = new Map<number, TracedVariable>()
    for (const [id, variable] of this.#variables)
      variables.set(id, { layers: [...(this.#owners.get(id) ?? [])], trained: this.#trained.has(variable) })
    return {
      operations: this.#operations,
      calls: this.#calls,
      variables,
      made: this.#made,
      declared: this.#declared,
      takenByCode: this.#takenByCode,
      loss: loss.id,
    }
  }

  #wrap<K extends 'runKernel' | 'makeTensor'>(name: K, wrapped: (original: Engine[K]) => Engine[K]): void {
    const engine = this.engine
    const before = Object.getOwnPropertyDescriptor(engine, name)
    Object.defineProperty(engine, name, {
      value: wrapped(engine[name]),
      configurable: true,
      enumerable: before?.enumerable ?? false,
      writable: true,
    })
    this.#restore.push(() => {
      if (before) Object.defineProperty(engine, name, before)
      else Reflect.deleteProperty(engine, name)
    })
  }

  #runKernel(original: Engine['runKernel']): Engine['runKernel'] {
    const run = (engine: Engine, args: Parameters<Engine['runKernel']>) => {
      this.#depth++
      try {
        return original.apply(engine, args)
      } finally {
        this.#depth--
      }
    }
    const record = ([kernel, inputs, attributes]: Parameters<Engine['runKernel']>, output: Tensor | Tensor[]) =>
      this.#record(kernel, inputs, attributes ?? {}, output)
    return function (this: Engine, ...args) {
      const output = run(this, args)
      record(args, output)
      return output
    }
  }

  #makeTensor(original: Engine['makeTensor']): Engine['makeTensor'] {
    const note = (tensor: Tensor, values: ArrayLike<number>) => {
      if (this.#isIgnoring || this.#depth > 0) return
      const within = this.#stack.at(-1)
      // A layer of the program may have values as numbers; equal values, such as a first state of zeros, are its own.
      const isOwn = within && (within.kind !== null || isUniform(values))
      this.#made.set(tensor.id, isOwn || callerOf(this.engine) !== null)
    }
    return function (this: Engine, ...args) {
      const tensor = original.apply(this, args)
      note(tensor, args[0])
      return tensor
    }
  }

  /** Records a kernel's call, unless another kernel or the monitor ran it. */
  #record(kernel: string, inputs: Inputs, attributes: Record<string, unknown>, output: Tensor | Tensor[]): void {
    if (this.#depth > 0 || this.#isIgnoring || this.#fault || this.#operations.length > MAX_OPERATIONS) return
    const began = performance.now()
    try {
      const within = this.#stack.at(-1)
      const by = within?.kind ?? callerOf(this.engine)
      // The layer works the inferred size out by itself, so that the kernel does not show which one it is.
      const target = kernel === 'Reshape' && by === 'Reshape' ? within?.layer.targetShape : undefined
      // A layer of the program that leaves the shape as it is has not got it from numbers.
      const isKept = kernel === 'Reshape' && within && String(inputs['x']?.shape) === String([output].flat()[0]?.shape)
      const named: Record<string, TensorShape> = {}
      for (const [name, tensor] of Object.entries(inputs))
        if (tensor?.shape) named[name] = this.#read(tensor, within?.kind ?? null)
      const outputs = [output].flat().map(({ id, shape }) => ({ id, shape: shape.slice() }))
      for (const { id } of outputs) this.#known.add(id)
      if (!within) for (const { id } of Object.values(named)) this.#takenByCode.add(id)
      this.#operations.push({
        kernel,
        inputs: named,
        outputs,
        attributes: target ? { ...attributes, shape: [null, ...target] } : isKept ? {} : attributes,
        by,
      })
    } catch (error) {
      this.#fault = { error }
    }
    this.spentMs += performance.now() - began
  }

  #read(tensor: Tensor, by: string | null): TensorShape {
    const { id } = tensor
    if (isVariable(tensor)) this.#variables.set(id, tensor)
    // What a layer of the library takes from itself, such as the state after the last batch, has the layer's width.
    else if (by !== null && !this.#known.has(id) && !this.#made.has(id)) this.#made.set(id, true)
    return { id, shape: tensor.shape.slice() }
  }
}

function isUniform(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false
  return true
}
