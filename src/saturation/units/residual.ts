/**
 * What is left of a covariance when some units explain what they can of it: R = Σ − Σ·S Σ_SS⁻¹ Σ_S·, with the rows and
 * columns of S, which are zero, taken out. Units are addressed by their place among those that are left. When one is
 * taken, the last one moves to its place.
 */
export class Residual {
  /** Share of the trace that is left, from 1 down to 0. */
  left = 1
  /** Places that are occupied. */
  #size: number
  readonly #width: number
  /** [width × width] Σ divided by its trace; only the upper triangle of the first `size` rows and columns is valid. */
  readonly #entries: Float64Array
  /** Σ_i R_ij² of each place j. */
  readonly #squares: Float64Array
  /** Variance of each place below which it counts as zero, because rounding can have made it. */
  readonly #rounding: Float64Array
  readonly #column: Float64Array

  /**
   * @param covariance [width × width], both triangles, finite. Its trace must be positive.
   * @param precision relative rounding of the covariance's entries
   */
  constructor(covariance: Float64Array, width: number, precision: number) {
    this.#width = this.#size = width
    // Dividing twice keeps the trace of numbers like 1e300 in range.
    let largest = 0
    for (let i = 0; i < width; i++) largest = Math.max(largest, covariance[i * width + i]!)
    let trace = 0
    for (let i = 0; i < width; i++) trace += Math.max(0, covariance[i * width + i]! / largest)
    this.#entries = covariance.map((entry) => entry / largest / trace)
    this.#squares = new Float64Array(width)
    this.#column = new Float64Array(width)
    this.#rounding = Float64Array.from({ length: width }, (_, i) => precision * this.#variance(i))
    this.#subtractColumn()
  }

  /** Whether a covariance has variance at all, so that there is a residual to reduce. */
  static isEmpty(covariance: Float64Array, width: number): boolean {
    for (let i = 0; i < width; i++) if (covariance[i * width + i]! > 0) return false
    return true
  }

  /**
   * The share of the whole trace that a unit explains of what is left: Σ_i R_ij² / R_jj. It is 0 for a unit that the
   * others explain but for rounding.
   */
  gain(place: number): number {
    const variance = this.#variance(place)
    return variance > this.#rounding[place]! ? this.#squares[place]! / variance : 0
  }

  /** Takes a unit: subtracts what it explains, and moves the last unit to its place. O(size²) */
  take(place: number): void {
    const scale = this.gain(place) > 0 ? 1 / Math.sqrt(this.#variance(place)) : 0
    const [column, last] = [this.#column, this.#size - 1]
    for (let i = 0; i <= last; i++) column[i] = this.#entry(place, i) * scale
    if (place !== last) this.#move(last, place)
    this.#size = last
    this.#subtractColumn()
  }

  #variance(place: number): number {
    return this.#entries[place * this.#width + place]!
  }

  #entry(i: number, j: number): number {
    return this.#entries[i < j ? i * this.#width + j : j * this.#width + i]!
  }

  /** Moves the last unit to the place of one that is taken. */
  #move(last: number, place: number): void {
    const [entries, width] = [this.#entries, this.#width]
    const moved = this.#variance(last)
    for (let i = 0; i < last; i++) {
      if (i < place) entries[i * width + place] = entries[i * width + last]!
      else if (i > place) entries[place * width + i] = entries[i * width + last]!
    }
    entries[place * width + place] = moved
    this.#column[place] = this.#column[last]!
    this.#rounding[place] = this.#rounding[last]!
  }

  /** R −= c cᵀ, and the sums of squares anew, in one pass over the upper triangle. */
  #subtractColumn(): void {
    const [entries, squares, column, size] = [this.#entries, this.#squares, this.#column, this.#size]
    squares.fill(0, 0, size)
    let left = 0
    for (let i = 0; i < size; i++) {
      const factor = column[i]!
      const row = i * this.#width
      const variance = entries[row + i]! - factor * factor
      entries[row + i] = variance
      left += Math.max(0, variance)
      squares[i]! += variance * variance + subtractFromRow(entries, row, factor, column, squares, i + 1, size)
    }
    this.left = left
  }
}

/**
 * The inner loop: row −= factor · column from `from` to `to`; adds the squares of the results to those of their columns
 * and returns their sum. Four sums keep additions from waiting for one another.
 */
function subtractFromRow(
  entries: Float64Array,
  row: number,
  factor: number,
  column: Float64Array,
  squares: Float64Array,
  from: number,
  to: number,
): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]
  let j = from
  for (const end = to - 3; j < end; j += 4) {
    const r0 = entries[row + j]! - factor * column[j]!
    const r1 = entries[row + j + 1]! - factor * column[j + 1]!
    const r2 = entries[row + j + 2]! - factor * column[j + 2]!
    const r3 = entries[row + j + 3]! - factor * column[j + 3]!
    entries[row + j] = r0
    entries[row + j + 1] = r1
    entries[row + j + 2] = r2
    entries[row + j + 3] = r3
    sum0 += r0 * r0
    sum1 += r1 * r1
    sum2 += r2 * r2
    sum3 += r3 * r3
    squares[j]! += r0 * r0
    squares[j + 1]! += r1 * r1
    squares[j + 2]! += r2 * r2
    squares[j + 3]! += r3 * r3
  }
  for (; j < to; j++) {
    const r = entries[row + j]! - factor * column[j]!
    entries[row + j] = r
    sum0 += r * r
    squares[j]! += r * r
  }
  return sum0 + sum1 + (sum2 + sum3)
}
