import { SAME_POSITIONS } from '../../receptiveField/spatialNode.ts'
import { fixed, product, times, Unreadable, type FactsOf, type Shape } from '../layerFacts.ts'
import { axisOf } from './basics.ts'

/** Merges inputs number by number; sizes of 1 are repeated. */
export const elementwiseMerge: FactsOf = (_, inputs) => {
  const [first, ...others] = inputs
  if (!first || others.length === 0) throw new Unreadable('inputs')
  const shape = others.reduce((merged, shape) => broadcast(merged, shape.slice(1)), first.slice(1) as Shape)
  return { shapes: [[batchOf(inputs), ...shape]], parameters: 0, multiplyAdds: 0, positions: SAME_POSITIONS }
}

function broadcast(a: Shape, b: Shape): Shape {
  if (a.length < b.length) return broadcast(b, a)
  const extra = a.length - b.length
  return a.map((size, axis) => {
    if (axis < extra) return size
    const other = b[axis - extra] ?? null
    if (size === null || other === null) return null
    if (size !== 1 && other !== 1 && size !== other) throw new Unreadable('shapes')
    return size === 1 ? other : size
  })
}

/** The batch size that all inputs have; null where it is not fixed or they differ. */
function batchOf(inputs: readonly Shape[]): number | null {
  const sizes = new Set(inputs.map(([batch]) => batch ?? null))
  return sizes.size === 1 ? [...sizes][0]! : null
}

export const concatenate: FactsOf = (config, inputs) => {
  const [first, ...others] = inputs
  if (!first || others.length === 0) throw new Unreadable('inputs')
  const at = axisOf(config.value('axis') ?? -1, first)
  for (const shape of others) {
    const differs = shape.some((size, axis) => axis !== at && size !== first[axis])
    if (shape.length !== first.length || differs) throw new Unreadable('shapes')
  }
  const sizes = inputs.map((shape) => shape[at] ?? null)
  const shape = first.map((size, axis) => (axis === at ? sum(sizes) : size))
  // Along positions the parts lie side by side, and what they see differs.
  const positions = at === first.length - 1 ? SAME_POSITIONS : 'rearranged'
  return { shapes: [shape], parameters: 0, multiplyAdds: 0, positions }
}

function sum(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((all, size) => (all === null || size === null ? null : all + size), 0 as number | null)
}

/** Products of two inputs, summed over one axis of each. */
export const dot: FactsOf = (config, inputs) => {
  const [a, b, more] = inputs
  if (!a || !b || more || a.length > 3 || b.length > 3) throw new Unreadable('inputs')
  const value = config.value('axes')
  const pair: unknown[] = Array.isArray(value) ? value : [value, value]
  const [of, over] = [axisOf(pair[0], a), axisOf(pair[1], b)]
  if (pair.length !== 2 || of === 0 || over === 0 || a[of] !== b[over]) throw new Unreadable('axes')
  const rest = b.filter((_, axis) => axis !== over).slice(1)
  const shape = [...a.filter((_, axis) => axis !== of), ...rest]
  const multiplyAdds = times(product(shape.slice(1)), fixed(a[of]))
  return {
    shapes: [shape.length === 1 ? [...shape, 1] : shape],
    parameters: 0,
    multiplyAdds,
    positions: 'rearranged',
  }
}
