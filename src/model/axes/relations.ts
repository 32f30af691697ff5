import type { UnionFind } from './unionFind.ts'

/**
 * How sizes of an operation's inputs and outputs depend on each other.
 * - sum, product: those of the inputs have the same sum, or product, as those of the outputs.
 * - linear: `down` · output = `up` · input + a number.
 * - cut: in a way that nothing shows, with numbers of the program's code.
 */
export interface Relation {
  readonly kind: 'sum' | 'product' | 'linear' | 'cut'
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly up: number
  readonly down: number
  /** Function that the program calls. */
  readonly operation: string
}

/**
 * Axes composed in the same way of the same parts are the same axis; and an axis split again at the sizes that it was
 * composed of has the same parts.
 * @returns one of each of the relations that are the same.
 */
export function uniteRelations(
  sets: UnionFind,
  relations: readonly Relation[],
  sizeOf: (axis: number) => number,
): Relation[] {
  const roots = (axes: readonly number[]) => axes.map((axis) => sets.find(axis)).join()
  const sizes = (axes: readonly number[]) => axes.map(sizeOf).join()
  let different = distinct(relations, roots)
  for (let changed = true; changed;) {
    changed = false
    const firsts = new Map<string, readonly number[]>()
    for (const { kind, inputs, outputs, up, down } of different) {
      if (kind === 'cut') continue
      for (const [from, to] of [
        [inputs, outputs],
        [outputs, inputs],
      ] as const) {
        const direction = kind === 'linear' && from === outputs ? 'back' : ''
        const key = `${kind} ${direction} ${up} ${down} ${roots(from)} ${sizes(to)}`
        const first = firsts.get(key)
        if (first) to.forEach((axis, i) => (changed = sets.union(axis, first[i]!) || changed))
        else firsts.set(key, to)
      }
    }
    if (changed) different = distinct(different, roots)
  }
  return different
}

function distinct(relations: readonly Relation[], roots: (axes: readonly number[]) => string): Relation[] {
  const byRoots = new Map<string, Relation>()
  for (const relation of relations) {
    const { kind, inputs, outputs, up, down } = relation
    const key = `${kind} ${up} ${down} ${roots(inputs)} > ${roots(outputs)}`
    if (!byRoots.has(key)) byRoots.set(key, relation)
  }
  return [...byRoots.values()]
}
