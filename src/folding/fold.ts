import type { Reconstruction } from '../saturation/units/reconstruction.ts'
import type { GroupFold } from './estimates.ts'
import type { Consumer, Recipe, RecipeWeight } from './recipe.ts'

/** Reads a weight's values by layer and index. */
export type ReadWeight = (layer: string, index: number) => Float32Array

/** A weight that folding has changed. */
export interface FoldedWeight {
  readonly layer: string
  readonly index: number
  readonly values: Float32Array
}

/**
 * Folds groups into the weights that take their units, in the shapes of the wide network: rows of units that are kept
 * become Σ_u B[u, s] · row u, rows of other units become zero, and Σ_u c[u] · row u goes into the weight that takes the
 * constant. The wide network with these weights computes what the narrower one computes, to rounding.
 *
 * Folding a group changes only what its consumers take, so several groups can be folded one after the other in any order.
 * @param folds by group; groups that are missing stay as they are
 * @returns only the weights that change.
 * @throws RangeError when an estimate does not fit its weight.
 */
export function foldedInPlace(recipe: Recipe, folds: ReadonlyMap<string, GroupFold>, read: ReadWeight): FoldedWeight[] {
  const changed = new Map<string, FoldedWeight>()
  const valuesOf = ({ layer, index }: { layer: string; index: number }): Float32Array => {
    const key = `${layer} ${index}`
    const known = changed.get(key)
    if (known) return known.values
    const values = read(layer, index).slice()
    changed.set(key, { layer, index, values })
    return values
  }
  for (const consumer of recipe.consumers) {
    const estimate = folds.get(consumer.group)?.estimates.get(consumer.id)
    if (!estimate || isAll(estimate)) continue
    const weight = recipe.weights.find(({ layer, index }) => layer === consumer.layer && index === consumer.index)
    if (!weight) throw new RangeError(`the recipe has no weight ${consumer.index} of ${consumer.layer}`)
    const rows = new Rows(weight, consumer)
    const values = valuesOf(consumer)
    if (consumer.constant) {
      const constant = rows.sums(values, estimate.constant)
      const bias = valuesOf(consumer.constant)
      for (let o = 0; o < bias.length; o++) bias[o]! += consumer.constant.sign * (constant[o] ?? 0)
    }
    rows.fold(values, estimate)
  }
  return [...changed.values()]
}

function isAll({ units, constant }: Reconstruction): boolean {
  return units.length === constant.length
}

/** A weight as rows, each of one index of the contracted axis, in blocks that have each unit of the group once. */
class Rows {
  /** By block: by unit: index of the axis. */
  readonly #blocks: number[][]
  readonly #outer: number
  readonly #size: number
  readonly #inner: number
  readonly #columns: number
  readonly #from: number
  readonly #to: number

  constructor({ shape, axes }: RecipeWeight, { axis, group, part }: Consumer) {
    const { units } = axes.find((each) => each.axis === axis && each.group === group)!
    this.#blocks = blocksOf(units)
    this.#size = shape[axis]!
    this.#outer = product(shape.slice(0, axis))
    this.#inner = product(shape.slice(axis + 1))
    this.#columns = axis === shape.length - 1 ? 1 : shape.at(-1)!
    this.#from = part?.[0] ?? 0
    this.#to = part?.[1] ?? this.#columns
  }

  /** Σ_u c[u] · row u over all rows: [columns]. */
  sums(values: Float32Array, constant: Float64Array): Float64Array {
    const sums = new Float64Array(this.#columns)
    this.#each((outer, block) => {
      block.forEach((index, unit) => {
        const c = constant[unit]!
        if (c === 0) return
        const at = (outer * this.#size + index) * this.#inner
        for (let i = 0; i < this.#inner; i++) {
          const column = i % this.#columns
          if (column >= this.#from && column < this.#to) sums[column]! += c * values[at + i]!
        }
      })
    })
    return sums
  }

  /** Gives the rows of kept units their share of the others, which become zero. */
  fold(values: Float32Array, { units, matrix, constant }: Reconstruction): void {
    const kept = new Set(units)
    const inner = this.#inner
    this.#each((outer, block) => {
      if (block.length !== constant.length)
        throw new RangeError(`${block.length} rows cannot be estimated from ${constant.length} units`)
      const at = (unit: number) => (outer * this.#size + block[unit]!) * inner
      const folded = units.map((unit) => Float64Array.from(values.subarray(at(unit), at(unit) + inner)))
      for (let unit = 0; unit < block.length; unit++) {
        if (kept.has(unit)) continue
        const row = values.subarray(at(unit), at(unit) + inner)
        for (let s = 0; s < units.length; s++) {
          const share = matrix[unit * units.length + s]!
          const target = folded[s]!
          if (share !== 0) for (let i = 0; i < inner; i++) target[i]! += share * row[i]!
        }
        this.#write(row, null)
      }
      units.forEach((unit, s) => this.#write(values.subarray(at(unit), at(unit) + inner), folded[s]!))
    })
  }

  /** Writes a row's columns of this part. @param from zeros where it is null */
  #write(row: Float32Array, from: Float64Array | null): void {
    for (let i = 0; i < row.length; i++) {
      const column = i % this.#columns
      if (column >= this.#from && column < this.#to) row[i] = from ? from[i]! : 0
    }
  }

  #each(action: (outer: number, block: readonly number[]) => void): void {
    for (let outer = 0; outer < this.#outer; outer++) for (const block of this.#blocks) action(outer, block)
  }
}

/**
 * The indices of an axis by block and unit: the n-th index of each unit is in block n. Flattened maps have a block for
 * each position, and recurrent kernels one for each gate.
 * @param units [size] unit at each index, −1 for none
 */
export function blocksOf(units: readonly number[]): number[][] {
  const blocks: number[][] = []
  const counts = new Map<number, number>()
  units.forEach((unit, index) => {
    if (unit < 0) return
    const block = counts.get(unit) ?? 0
    counts.set(unit, block + 1)
    const indices = (blocks[block] ??= [])
    indices[unit] = index
  })
  return blocks
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)
