import { axisUse } from './axisUse.ts'
import { functionName } from './rows/kernelRows.ts'
import { Normalisations, type MixedAxis, type Normalisation } from './normalisations.ts'
import type { Operation, Trace } from './trace.ts'
import { WeightViews, type WeightView } from './weightViews.ts'

/** A weight that can take a constant of the products: a bias, or the moving mean of a normalisation behind them. */
export interface ConstantWeight {
  /** Tensor id of the weight. */
  readonly weight: number
  /** 1 where it is added to the products, −1 where it is subtracted. */
  readonly sign: 1 | -1
}

/** A contraction of features with a weight. */
export interface Contraction {
  /** Tensor id of the weight. */
  readonly weight: number
  /** The weight's axis that is contracted. */
  readonly axis: number
  /** The part of the weight's last axis that this contraction takes; null for all of it. */
  readonly part: readonly [from: number, to: number] | null
  /** A weight that is added to the products or subtracted from them, one number for each; null where there is none. */
  readonly constant: ConstantWeight | null
}

/** What a step does with features and weights. */
export interface Contractions {
  readonly contractions: Contraction[]
  /** Axes of features that are mixed in other ways than by a weight. */
  readonly mixed: MixedAxis[]
  readonly normalisations: readonly Normalisation[]
  /** Axes of weights whose entries go on into features, as a bias's do: `${tensor id} ${axis}`. */
  readonly making: Set<string>
}

/** An operation that contracts features with a weight: the feature's axis, and what of the weight it takes. */
export interface WeightContraction extends Omit<Contraction, 'constant'> {
  readonly input: string
  readonly inputAxis: number
}

/** Finds the contractions of features with weights in one operation. */
export function weightContractions(operation: Operation, views: WeightViews): WeightContraction[] {
  return axisUse(operation).contracted.flatMap((pair) => {
    const [a, b] = pair.map(({ input }) => views.viewOf(operation.inputs[input]!))
    const [feature, other, view] = a ? [pair[1], pair[0], a] : [pair[0], pair[1], b]
    const viewed = view?.axes[other.axis]
    if (!view || !viewed || viewed.part || (a && b)) return []
    const parts = view.axes.flatMap((each) => (each?.part ? [each] : []))
    // Gates are parts of the last axis.
    if (parts.length > 1 || (parts[0] && view.axes.some((each) => each && each.axis > parts[0]!.axis))) return []
    const part = parts[0]?.part ?? null
    return [{ weight: view.weight, axis: viewed.axis, part, input: feature.input, inputAxis: feature.axis }]
  })
}

/** Finds where a traced step takes features with weights, and where it mixes features otherwise. */
export function contractionsOf(trace: Trace): Contractions {
  const views = new WeightViews((id) => trace.variables.has(id))
  const features = new Set<number>()
  const ofWeights = new Set<number>(trace.variables.keys())
  const normalisations = new Normalisations(views)
  const found: Contractions = {
    ...{ contractions: [], mixed: [], making: new Set() },
    normalisations: normalisations.found,
  }
  const takers = takersOf(trace.operations)
  for (const operation of trace.operations) {
    const { inputs, outputs, kernel } = operation
    const tensors = Object.values(inputs)
    const isFeature = tensors.some(({ id }) => features.has(id) || !ofWeights.has(id))
    for (const { id } of outputs) (isFeature ? features : ofWeights).add(id)
    if (views.follow(operation) || !isFeature) continue
    const contracted = weightContractions(operation, views)
    for (const { weight, axis, part } of contracted)
      found.contractions.push({ weight, axis, part, constant: constantOf(operation, takers, views) })
    const use = axisUse(operation)
    const others = contracted.length < use.contracted.length ? use.contracted.flat() : []
    const mixed = [...use.mixed, ...others].flatMap(({ input, axis }): MixedAxis[] => {
      const { id } = inputs[input]!
      return ofWeights.has(id) ? [] : [{ id, axis, operation: operation.by ?? functionName(kernel) }]
    })
    found.mixed.push(...normalisations.next(operation, mixed))
    noteMaking(operation, use.contracted.flat(), views, found.making)
  }
  found.mixed.push(...normalisations.rest())
  return found
}

/** Notes the axes of weights that go on into an operation's output. */
function noteMaking(
  { inputs }: Operation,
  contracted: readonly { input: string; axis: number }[],
  views: WeightViews,
  making: Set<string>,
): void {
  for (const [input, tensor] of Object.entries(inputs)) {
    const view = views.viewOf(tensor)
    view?.axes.forEach((viewed, axis) => {
      if (viewed && !contracted.some((other) => other.input === input && other.axis === axis))
        making.add(`${view.weight} ${viewed.axis}`)
    })
  }
}

/** By tensor id: the operations that take it. */
function takersOf(operations: readonly Operation[]): ReadonlyMap<number, Operation[]> {
  const takers = new Map<number, Operation[]>()
  for (const operation of operations)
    for (const { id } of Object.values(operation.inputs)) {
      const known = takers.get(id)
      if (known) known.push(operation)
      else takers.set(id, [operation])
    }
  return takers
}

/**
 * Follows the products of a contraction through sums to a weight that is added to each, once, or to a normalisation, which
 * subtracts its moving mean when it does not train. A convolution that pads its input with zeros has none: there the sum
 * of fewer products is missing less than a constant could add.
 */
function constantOf(
  contraction: Operation,
  takers: ReadonlyMap<number, readonly Operation[]>,
  views: WeightViews,
): ConstantWeight | null {
  if (isPadded(contraction)) return null
  const fused = contraction.inputs['bias']
  const bias = fused && views.viewOf(fused)?.weight
  if (fused) return bias === undefined ? null : { weight: bias, sign: 1 }
  for (let operation = contraction; ;) {
    const [output] = operation.outputs
    // Gradients keep copies, which go nowhere.
    const isCopy = ({ kernel, outputs: [copy] }: Operation) => kernel === 'Identity' && !takers.has(copy!.id)
    const [taker, ...others] = (takers.get(output!.id) ?? []).filter((each) => !isCopy(each))
    if (!taker) return null
    if (others.length > 0) return movingMeanOf([taker, ...others], takers, views)
    if (taker.kernel === 'Add') {
      const view = otherWeight(taker, output!.id, views)
      if (view) return view.axes.filter((axis) => axis !== null).length === 1 ? { weight: view.weight, sign: 1 } : null
    } else if (taker.kernel !== 'Reshape' && taker.kernel !== 'Identity') return null
    operation = taker
  }
}

/** Operations that a normalisation takes the mean of its inputs with, and the inputs themselves. */
const OF_NORMALISATIONS: ReadonlySet<string> = new Set([
  ...['Mean', 'Sub', 'SquaredDifference', 'FusedBatchNorm', 'Cast', 'Identity'],
])

/** The weight that follows the mean of what the operations take, if they are those of a normalisation. */
function movingMeanOf(
  operations: readonly Operation[],
  takers: ReadonlyMap<number, readonly Operation[]>,
  views: WeightViews,
): ConstantWeight | null {
  if (!operations.every(({ kernel }) => OF_NORMALISATIONS.has(kernel))) return null
  const means = operations.filter(({ kernel }) => kernel === 'Mean')
  for (let found = means; found.length > 0;) {
    const next = found.flatMap(({ outputs }) => outputs.flatMap(({ id }) => takers.get(id) ?? []))
    for (const taker of next) {
      if (taker.kernel !== 'Sub') continue
      const mean = Object.values(taker.inputs).find(({ id }) => found.some(({ outputs }) => outputs[0]?.id === id))
      const view = mean && otherWeight(taker, mean.id, views)
      if (view?.axes.length === 1) return { weight: view.weight, sign: -1 }
    }
    found = next.filter(({ kernel }) => kernel === 'Reshape' || kernel === 'Identity')
  }
  return null
}

/** The weight that an operation takes beside a tensor. */
function otherWeight({ inputs }: Operation, tensor: number, views: WeightViews): WeightView | null {
  const other = Object.values(inputs).find(({ id }) => id !== tensor)
  return other ? views.viewOf(other) : null
}

function isPadded({ kernel, inputs, attributes }: Operation): boolean {
  const { filter } = inputs
  if (!filter) return false
  if (kernel !== 'Conv2D' && kernel !== 'FusedConv2D' && kernel !== 'Conv3D') return true
  const isPoint = filter.shape.slice(0, -2).every((size) => size === 1)
  return !isPoint && attributes['pad'] !== 'valid'
}
