import type { Reconstruction } from '../../saturation/units/reconstruction.ts'
import type { Consumer, RecipeWeight } from '../recipe.ts'

/** A weight as rows, each of one index of the contracted axis, in blocks that have each unit of the group once. */
export class Rows {
  /** By block: by unit of the axis: index of the axis. */
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
      const row = (unit: number) => values.subarray(at(unit), at(unit) + inner)
      const lost = block.flatMap((_, unit) => (kept.has(unit) ? [] : [unit]))
      const rows = lost.map(row)
      const folded = units.map((unit, s) => {
        const target = Float64Array.from(row(unit))
        const share = (i: number) => matrix[lost[i]! * units.length + s]!
        addRows(target, rows, share)
        return target
      })
      for (const each of rows) this.#write(each, null)
      units.forEach((unit, s) => this.#write(row(unit), folded[s]!))
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

/** target += Σ_i share(i) · row i; four rows at a time, so that the target is loaded and stored less often. */
function addRows(target: Float64Array, rows: readonly Float32Array[], share: (i: number) => number): void {
  let i = 0
  for (; i + 3 < rows.length; i += 4) {
    const [s0, s1, s2, s3] = [share(i), share(i + 1), share(i + 2), share(i + 3)]
    const [r0, r1, r2, r3] = [rows[i]!, rows[i + 1]!, rows[i + 2]!, rows[i + 3]!]
    for (let c = 0; c < target.length; c++) target[c]! += s0 * r0[c]! + s1 * r1[c]! + (s2 * r2[c]! + s3 * r3[c]!)
  }
  for (; i < rows.length; i++) {
    const [s, r] = [share(i), rows[i]!]
    for (let c = 0; c < target.length; c++) target[c]! += s * r[c]!
  }
}

/**
 * The indices of an axis by block and unit: the n-th index of each unit is in block n. Flattened maps have a block for
 * each position, and recurrent kernels one for each gate.
 * @param units [size] unit at each index, −1 for none
 * @returns units that the axis does not have are left out, as those of the other direction
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
  // Callbacks skip what an array does not have.
  return blocks.map((indices) => indices.filter(() => true))
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)
