import type { Covariance } from '../covariance.ts'
import { Sketch } from './sketch.ts'

/** Random directions of the sketch. They are few because this is used when time is short. */
const MAX_DIRECTIONS = 96
/** Random directions that the error of the approximation is estimated from. */
const PROBES = 32
/** Rows of the covariance that are multiplied at once, so that each row of Ω is read once for all of them. */
const BLOCK_ROWS = 4

/**
 * The sketch that would have come from the observations of a covariance: the covariance times a random matrix. It gives
 * a k with bounds when there is no time to find all eigenvalues. Takes O(width² × columns) in steps of
 * O(width × columns).
 */
export function* sketchFromCovariance(covariance: Covariance): Generator<void, Sketch> {
  const { width, count, mean, products, rounding } = covariance
  const squares = new Float64Array(width)
  const sketch = new Sketch(width, Math.min(width, MAX_DIRECTIONS), PROBES, 1, {
    count,
    mean: new Float64Array(mean),
    rounding: new Float64Array(rounding),
    squares,
    products: new Float64Array(width * (Math.min(width, MAX_DIRECTIONS) + PROBES)),
  })
  const { columns, omega, products: out } = sketch
  const rowAt = (i: number): number => i * width - (i * (i - 1)) / 2 - i
  const add = (i: number, j: number, value: number): void => {
    for (let c = 0; c < columns; c++) out[i * columns + c]! += value * omega[j * columns + c]!
  }
  for (let i = 0; i < width; i += BLOCK_ROWS) {
    const end = Math.min(width, i + BLOCK_ROWS)
    for (let r = i; r < end; r++) {
      squares[r] = products[rowAt(r) + r]!
      for (let j = i; j < end; j++) add(r, j, products[r <= j ? rowAt(r) + j : rowAt(j) + r]!)
    }
    // A last block of fewer rows has no columns to its right.
    if (end < width)
      multiplyFour(products, [rowAt(i), rowAt(i + 1), rowAt(i + 2), rowAt(i + 3)], i, width, omega, out, columns)
    yield
  }
  return sketch
}

/**
 * Adds to `out` the product of Ω with rows i to i + 3 of a symmetric matrix, from column i + 4 on, and with their
 * mirror image.
 */
function multiplyFour(
  matrix: Float64Array,
  [a, b, c, d]: [number, number, number, number],
  i: number,
  width: number,
  omega: Float32Array,
  out: Float64Array,
  columns: number,
): void {
  const first = i * columns
  const [second, third, fourth] = [first + columns, first + 2 * columns, first + 3 * columns]
  for (let j = i + BLOCK_ROWS; j < width; j++) {
    const c0 = matrix[a + j]!
    const c1 = matrix[b + j]!
    const c2 = matrix[c + j]!
    const c3 = matrix[d + j]!
    for (let at = 0, to = j * columns; at < columns; at++, to++) {
      const w = omega[to]!
      out[first + at]! += c0 * w
      out[second + at]! += c1 * w
      out[third + at]! += c2 * w
      out[fourth + at]! += c3 * w
      out[to]! +=
        c0 * omega[first + at]! + c1 * omega[second + at]! + c2 * omega[third + at]! + c3 * omega[fourth + at]!
    }
  }
}
