import type { GroupFold } from '../../folding/estimates.ts'
import type { Place, Recipe } from '../../folding/recipe.ts'
import { normalisationOf } from '../../model/axes/normalisations.ts'
import { WeightViews } from '../../model/axes/weightViews.ts'
import type { Engine, Tensor, Variable } from '../tfjs/tfjs.ts'
import { operationOf } from './operationOf.ts'

/** Units that are kept of what a normalisation takes, by tensor ids of the weights that scale and shift them. */
export type KeptUnits = ReadonlyMap<number, readonly number[]>

/** Finds of which normalisations only some units are kept. */
export function keptUnits(
  { normalisations = [] }: Recipe,
  folds: ReadonlyMap<string, GroupFold>,
  variableOf: (layer: string, index: number) => Variable,
): KeptUnits {
  const idOf = ({ layer, index }: Place) => variableOf(layer, index).id
  return new Map(
    normalisations.flatMap(({ group, scale, offset }) => {
      const fold = folds.get(group)
      if (!fold) return []
      return [scale, offset].flatMap((place) => (place ? [[idOf(place), fold.units] as const] : []))
    }),
  )
}

/**
 * Runs an evaluation in which normalisations over all units have the mean and variance of those that are kept, as in the
 * narrower network. The other units are normalised by these as well; no weight takes them.
 * @throws what the evaluation throws
 */
export function withKeptStatistics<T>(engine: Engine, kept: KeptUnits, evaluate: () => T): T {
  if (kept.size === 0) return evaluate()
  const views = new WeightViews((tensor) => kept.has(tensor))
  const before = Object.getOwnPropertyDescriptor(engine, 'runKernel')
  const original = engine.runKernel
  let depth = 0
  const narrowed: Engine['runKernel'] = (kernel, inputs, attributes) => {
    if (depth > 0) return original.call(engine, kernel, inputs, attributes)
    depth++
    try {
      const operation = operationOf(kernel, inputs, attributes ?? {}, [])
      const normalisation = normalisationOf(operation, views)
      const units = normalisation && kept.get((normalisation.scale ?? normalisation.offset)!)
      const given = units ? { ...inputs, ...statisticsOf(engine, inputs, units) } : inputs
      const output = original.call(engine, kernel, given, attributes)
      views.follow(operationOf(kernel, inputs, attributes ?? {}, output))
      return output
    } finally {
      depth--
    }
  }
  Object.defineProperty(engine, 'runKernel', { value: narrowed, configurable: true, enumerable: false, writable: true })
  try {
    return evaluate()
  } finally {
    if (before) Object.defineProperty(engine, 'runKernel', before)
    else Reflect.deleteProperty(engine, 'runKernel')
  }
}

/** Mean and variance over some units, in the shapes of those over all units. */
function statisticsOf(
  engine: Engine,
  inputs: Readonly<Record<string, Tensor>>,
  units: readonly number[],
): { mean: Tensor; variance: Tensor } {
  const { shape } = inputs['mean']!
  const last = shape.length - 1
  const width = shape[last]!
  const mask = new Float32Array(width)
  for (const unit of units) mask[unit] = 1 / units.length
  const shares = engine.makeTensor(mask, [width], 'float32')
  const x = engine.runKernel('Reshape', { x: inputs['x']! }, { shape })
  const average = (a: Tensor) => {
    const weighted = engine.runKernel('Multiply', { a, b: shares })
    const sum = engine.runKernel('Sum', { x: weighted }, { axis: [last], keepDims: true })
    const kept = engine.runKernel('Reshape', { x: sum }, { shape: [...shape.slice(0, -1), 1] })
    return engine.runKernel('Tile', { x: kept }, { reps: shape.map((_, axis) => (axis === last ? width : 1)) })
  }
  const mean = average(x)
  const deviation = engine.runKernel('Sub', { a: x, b: mean })
  return { mean, variance: average(engine.runKernel('Multiply', { a: deviation, b: deviation })) }
}
