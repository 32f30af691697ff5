/**
 * The Cholesky factor L of a symmetric positive definite matrix A = LLᵀ. Its backward error is of the order of machine
 * epsilon, without pivoting (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 10.1).
 */
export class Cholesky {
  readonly #order: number
  /** [order × order] row-major; the upper triangle is not valid. */
  readonly #factor: Float64Array

  private constructor(factor: Float64Array, order: number) {
    this.#factor = factor
    this.#order = order
  }

  /**
   * Factorises a matrix. O(order³ / 6)
   * @param l [order × order] row-major, of which the lower triangle is read. It becomes the factor.
   * @param smallest pivot that is accepted; a smaller one shows that the matrix is singular but for rounding
   * @returns null when a pivot is smaller, or NaN.
   */
  static of(l: Float64Array, order: number, smallest: number): Cholesky | null {
    for (let i = 0; i < order; i++) {
      const row = i * order
      for (let j = 0; j < i; j++) l[row + j] = (l[row + j]! - dot(l, row, j * order, j)) / l[j * order + j]!
      const pivot = l[row + i]! - dot(l, row, row, i)
      if (!(pivot >= smallest && pivot > 0)) return null
      l[row + i] = Math.sqrt(pivot)
    }
    return new Cholesky(l, order)
  }

  /**
   * X = A⁻¹Y, in place. O(order² · columns)
   * @param y [order × columns] row-major
   */
  solve(y: Float64Array, columns: number): void {
    const [l, n] = [this.#factor, this.#order]
    for (let i = 0; i < n; i++) {
      subtractRows(y, columns, i, 0, i, (j) => l[i * n + j]!)
      divideRow(y, columns, i, l[i * n + i]!)
    }
    for (let i = n - 1; i >= 0; i--) {
      subtractRows(y, columns, i, i + 1, n, (j) => l[j * n + i]!)
      divideRow(y, columns, i, l[i * n + i]!)
    }
  }
}

function dot(l: Float64Array, a: number, b: number, count: number): number {
  let [sum0, sum1] = [0, 0]
  let k = 0
  for (; k + 1 < count; k += 2) {
    sum0 += l[a + k]! * l[b + k]!
    sum1 += l[a + k + 1]! * l[b + k + 1]!
  }
  return k < count ? sum0 + sum1 + l[a + k]! * l[b + k]! : sum0 + sum1
}

/** Row i −= Σ factor(j) · row j, for j from `from` to `to`; four rows at a time, so that row i is stored less often. */
function subtractRows(
  y: Float64Array,
  columns: number,
  i: number,
  from: number,
  to: number,
  factor: (j: number) => number,
): void {
  const row = i * columns
  let j = from
  for (; j + 3 < to; j += 4) {
    const [f0, f1, f2, f3] = [factor(j), factor(j + 1), factor(j + 2), factor(j + 3)]
    let at = j * columns
    for (let c = 0; c < columns; c++, at++)
      y[row + c]! -= f0 * y[at]! + f1 * y[at + columns]! + (f2 * y[at + 2 * columns]! + f3 * y[at + 3 * columns]!)
  }
  for (; j < to; j++) {
    const f = factor(j)
    for (let c = 0, at = j * columns; c < columns; c++, at++) y[row + c]! -= f * y[at]!
  }
}

function divideRow(y: Float64Array, columns: number, i: number, divisor: number): void {
  for (let at = i * columns, end = at + columns; at < end; at++) y[at]! /= divisor
}
