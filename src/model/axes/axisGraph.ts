import { layerKind } from '../layerKinds.ts'
import { contractionsOf, type Contraction } from './contractions.ts'
import { functionName, kernelRow } from './rows/kernelRows.ts'
import { lossPaths, type Flow } from './lossPaths.ts'
import type { Relation } from './relations.ts'
import type { Given, Ties, View } from './ties.ts'
import type { Trace } from './trace.ts'
import { UnionFind } from './unionFind.ts'

/** Kernels that combine tensors of one shape element by element. */
const MERGES = new Set(['Add', 'AddN', 'Sub', 'Multiply', 'Maximum', 'Minimum'])

/** The feature axis of a layer's output, in one call. */
export interface Feature {
  layer: string
  axis: number
  /** Whether the step trains the layer. */
  trained: boolean
  /** Whether the features reach the loss without a trained contraction. */
  open: boolean
  /** Whether a trained contraction takes the features. */
  contracted: boolean
  /** The output, whose axis it is. */
  output: View
  /** Whether code of the step takes the output, outside of all layers. */
  takenByCode: boolean
}

/** A call of a layer whose class is the program's: it may have built weights by the width of its input. */
export interface ProgramCall {
  layer: string
  kind: string
  /** The last axis of an input. */
  axis: number
}

/** A variable's axes. */
export interface Weight extends View {
  /** Layers that it is a weight of; none for a variable of the program's own. */
  layers: Set<string>
}

/**
 * The axes of all tensors of the traced steps, as sets of those that have the same size because an operation requires
 * it. Steps share the axes of their variables: a layer that two steps call is one layer.
 *
 * DepGraph (Fang et al., CVPR 2023, arXiv 2301.12900) finds groups of coupled layers in PyTorch in the same way.
 */
export class AxisGraph {
  readonly sets = new UnionFind()
  /** As `sets`, without the axes that only have to have the same size: those whose elements are the same units. */
  readonly units = new UnionFind()
  readonly #sizes: number[] = []
  /** Axes whose size is given, and by what. */
  readonly given: [axis: number, by: Given][] = []
  /** Axes whose size a function may need. */
  readonly unknown: [axis: number, operation: string][] = []
  /** Axes that a one-hot encoding has made. */
  readonly classes: number[] = []
  /** Axes of tensors that the program, or a layer that merges, has combined element by element; no weights. */
  readonly merged: number[] = []
  readonly relations: Relation[] = []
  readonly features: Feature[] = []
  readonly programCalls: ProgramCall[] = []
  readonly contractions: Contraction[] = []
  /** Axes of features that are mixed other than by a weight, and by what. */
  readonly mixed: [axis: number, operation: string][] = []
  /** Normalisations of all features together: the axis of their input's features, and their weights' tensor ids. */
  readonly normalisations: { axis: number; scale: number | null; offset: number | null }[] = []
  /** Axes of weights that go on into features, as a bias's does: by tensor id and axis. */
  readonly making = new Set<string>()
  /** By tensor id of the variable. */
  readonly weights = new Map<number, Weight>()

  sizeOf(axis: number): number {
    return this.#sizes[axis]!
  }

  /** Adds what a step has done. */
  add(trace: Trace): void {
    const tensors = new Map<number, View>()
    const learned = new Set<number>()
    const view = (tensor: { id: number; shape: readonly number[] }): View => {
      const known = tensors.get(tensor.id)
      if (known) return known
      const made = this.#source(tensor, trace)
      if (trace.variables.get(tensor.id)?.trained) learned.add(tensor.id)
      tensors.set(tensor.id, made)
      return made
    }
    const flows: Flow[] = []
    for (const { kernel, inputs, outputs, attributes, by } of trace.operations) {
      const entries = Object.entries(inputs).map(([name, tensor]) => ({ name, id: tensor.id, ...view(tensor) }))
      const results = outputs.map((tensor) => {
        const known = tensors.get(tensor.id)
        const made = known ?? this.#newTensor(tensor.shape)
        tensors.set(tensor.id, made)
        return { id: tensor.id, ...made }
      })
      if (entries.some(({ id }) => learned.has(id))) for (const { id } of results) learned.add(id)
      const flow: Flow = {
        inputs: entries,
        outputs: results.map(({ id }) => id),
        passed: new Map(),
        contracted: new Map(),
      }
      const call = {
        inputs: Object.fromEntries(entries.map((entry) => [entry.name, entry])),
        outputs: results,
        attributes,
        by,
      }
      kernelRow(kernel)(call, this.#ties(functionName(kernel), flow, entries, learned))
      flows.push(flow)
      if (MERGES.has(kernel) && (by === null || layerKind(by).mergesShapes)) {
        const made = entries.filter(({ id }) => !trace.variables.has(id))
        if (made.length > 1) for (const tensor of made) this.#addMerged(tensor)
      }
    }
    for (const { id, axis } of trace.declared) {
      const tensor = tensors.get(id)
      if (tensor) this.given.push([tensor.first + axis, 'constant'])
    }
    this.#addFeatures(trace, tensors, lossPaths(flows, trace.loss))
    this.#addContractions(trace, tensors)
  }

  #addContractions(trace: Trace, tensors: ReadonlyMap<number, View>): void {
    const { contractions, mixed, normalisations, making } = contractionsOf(trace)
    this.contractions.push(...contractions)
    for (const { id, axis, operation } of mixed) this.mixed.push([tensors.get(id)!.first + axis, operation])
    for (const { input, scale, offset } of normalisations) {
      const { first, shape } = tensors.get(input)!
      this.normalisations.push({ axis: first + shape.length - 1, scale, offset })
    }
    for (const axis of making) this.making.add(axis)
  }

  #addMerged({ first, shape }: View): void {
    shape.forEach((size, axis) => {
      if (axis > 0 && size > 1) this.merged.push(first + axis)
    })
  }

  #addFeatures(trace: Trace, tensors: ReadonlyMap<number, View>, paths: ReturnType<typeof lossPaths>): void {
    const trained = new Set<string>()
    for (const variable of trace.variables.values())
      if (variable.trained) for (const layer of variable.layers) trained.add(layer)
    for (const { layer, output, featureAxis, ofProgram } of trace.calls) {
      for (const { id, shape } of ofProgram?.inputs ?? []) {
        const input = tensors.get(id)
        if (input) this.programCalls.push({ layer, kind: ofProgram!.kind, axis: input.first + shape.length - 1 })
      }
      const axes = tensors.get(output.id)
      if (!axes || featureAxis >= axes.shape.length) continue
      const axis = axes.first + featureAxis
      const [open, contracted] = [paths.open.has(axis), paths.contracted.has(axis)]
      const takenByCode = trace.takenByCode?.has(output.id) ?? false
      this.features.push({ layer, axis, trained: trained.has(layer), open, contracted, output: axes, takenByCode })
    }
  }

  /** Axes of a tensor that no operation of the step has made. */
  #source({ id, shape }: { id: number; shape: readonly number[] }, trace: Trace): View {
    const variable = trace.variables.get(id)
    if (variable) {
      const known = this.weights.get(id)
      const weight = known ?? { ...this.#newTensor(shape), layers: new Set<string>() }
      for (const layer of variable.layers) weight.layers.add(layer)
      this.weights.set(id, weight)
      return weight
    }
    const tensor = this.#newTensor(shape)
    const byLayer = trace.made.get(id)
    // What a layer makes for itself, such as a first state of zeros, has the size that the layer has.
    if (byLayer === true) return tensor
    for (let axis = 0; axis < shape.length; axis++)
      if (shape[axis]! > 1) this.given.push([tensor.first + axis, byLayer === undefined ? 'data' : 'constant'])
    return tensor
  }

  #newTensor(shape: readonly number[]): View {
    const first = this.sets.size
    for (const size of shape) {
      this.sets.add()
      this.units.add()
      this.#sizes.push(size)
    }
    return { first, shape }
  }

  /** What the row of one operation writes its ties to. */
  #ties(operation: string, flow: Flow, inputs: readonly (View & { id: number })[], learned: ReadonlySet<number>): Ties {
    const isWide = (axis: number) => this.sizeOf(axis) > 1
    const sameSize = (a: number, b: number): boolean => {
      const isOne = this.sizeOf(a) === this.sizeOf(b) && isWide(a)
      if (isOne) this.sets.union(a, b)
      return isOne
    }
    const join = (a: number, b: number) => {
      if (sameSize(a, b)) this.units.union(a, b)
    }
    const pass = (from: number, to: number) => {
      const targets = flow.passed.get(from)
      if (targets) targets.push(to)
      else flow.passed.set(from, [to])
    }
    const isLearned = (axis: number) =>
      inputs.some(({ first, shape, id }) => axis >= first && axis < first + shape.length && learned.has(id))
    const unknown = (axis: number) => {
      if (isWide(axis)) this.unknown.push([axis, operation])
    }
    const relate = (relation: Relation) => {
      for (const from of relation.inputs) for (const to of relation.outputs) pass(from, to)
      this.relations.push(relation)
    }
    return {
      size: (axis) => this.sizeOf(axis),
      same: (from, to) => {
        join(from, to)
        pass(from, to)
      },
      alike: join,
      sameSize: (a, b) => void sameSize(a, b),
      contract: (a, b) => {
        join(a, b)
        flow.contracted.set(a, isLearned(b))
        flow.contracted.set(b, isLearned(a))
      },
      contractAlone: (axis) => flow.contracted.set(axis, isLearned(axis)),
      compose: (kind, inputs, outputs) => relate({ kind, inputs, outputs, up: 1, down: 1, operation }),
      linear: (input, output, up = 1, down = 1) =>
        relate({ kind: 'linear', inputs: [input], outputs: [output], up, down, operation }),
      cut: (input, output) => relate({ kind: 'cut', inputs: [input], outputs: [output], up: 1, down: 1, operation }),
      unknown,
      given: (axis, by) => this.given.push([axis, by]),
      classes: (axis) => {
        this.given.push([axis, 'data'])
        this.classes.push(axis)
      },
    }
  }
}
