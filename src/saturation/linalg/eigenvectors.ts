import { eigenvaluesOfReduction } from './eigenvalues.ts'
import { gaussian } from './gaussian.ts'
import { InverseIteration } from './inverseIteration.ts'
import { TridiagonalReduction } from './tridiagonalReduction.ts'

/** Inverse iterations per eigenvector. One usually suffices; almost equal eigenvalues need more. */
const ITERATIONS = 4
/** Share of an eigenvector's largest magnitude from which on an entry counts as equally large. */
const EQUAL_MAGNITUDE = 1 - 1e-6

/** All eigenvalues of a matrix, with the eigenvectors of the largest. */
export interface Eigensystem {
  /** [n] All eigenvalues, descending. */
  values: Float64Array
  /** Unit eigenvectors [n] of the largest eigenvalues, orthogonal to each other. */
  vectors: Float64Array[]
}

/**
 * All eigenvalues of a real symmetric matrix, exactly as `eigenvalues` returns them, with the eigenvectors of the
 * largest. Eigenvectors of the tridiagonal matrix come from inverse iteration (Jessup and Ipsen 1992), which keeps each
 * orthogonal to those before it. The Householder reflections, applied in reverse, then transform them back. This takes
 * O(n²) for each vector in addition to the eigenvalues.
 *
 * |Av − λv| is of the order of machine epsilon times |A|. For repeated eigenvalues the vectors are some orthonormal
 * basis. The entry of largest magnitude is positive; if several are equally large, the first of them is.
 *
 * @param matrix as for `eigenvalues`.
 * @param count number of eigenvectors; fewer are returned if fewer rows of the matrix are not zero.
 * @throws the errors of `eigenvalues`.
 */
export function leadingEigenvectors(matrix: Float64Array, n: number, count: number): Eigensystem {
  return eigensystemOfReduction(new TridiagonalReduction(matrix, n), n, count)
}

/**
 * Completes a reduction, returns the `leadingEigenvectors` of its matrix and releases its memory.
 * @param n order of the matrix, including rows of zeros.
 * @throws Error when the QL iteration does not converge.
 */
export function eigensystemOfReduction(reduction: TridiagonalReduction, n: number, count: number): Eigensystem {
  if (count === 0) return { values: eigenvaluesOfReduction(reduction, n), vectors: [] }
  const { order, nonZeroRows } = reduction
  while (reduction.next());
  const found = reduction.eigenvalues() ?? new Float64Array(0)
  const { diagonal, offDiagonal } = reduction.tridiagonal()
  const tridiagonalVectors: Float64Array[] = []
  for (let i = 0; i < Math.min(count, found.length); i++)
    tridiagonalVectors.push(
      eigenvector(new InverseIteration(diagonal, offDiagonal, found[i]!), tridiagonalVectors, order),
    )
  const vectors = tridiagonalVectors.map((y) => {
    const vector = new Float64Array(n)
    reduction.backTransform(y).forEach((entry, r) => (vector[nonZeroRows[r]!] = entry))
    return withPositiveLeading(vector)
  })
  return { values: eigenvaluesOfReduction(reduction, n), vectors }
}

/** @param before unit vectors that the result is orthogonal to. */
function eigenvector(iteration: InverseIteration, before: readonly Float64Array[], n: number): Float64Array {
  const y = Float64Array.from(gaussian(n, before.length))
  for (let i = 0; i < ITERATIONS; i++) {
    iteration.apply(y)
    normalise(y)
    // If the first pass cancels almost all of y, its rounding errors are large in comparison; the second pass removes
    // them.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of before) subtractProjection(y, other)
      normalise(y)
    }
  }
  return y
}

function subtractProjection(y: Float64Array, unit: Float64Array): void {
  let along = 0
  for (let i = 0; i < y.length; i++) along += y[i]! * unit[i]!
  for (let i = 0; i < y.length; i++) y[i]! -= along * unit[i]!
}

function normalise(y: Float64Array): void {
  const largest = y.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  let squares = 0
  for (let i = 0; i < y.length; i++) squares += (y[i]! /= largest) ** 2
  const length = Math.sqrt(squares)
  for (let i = 0; i < y.length; i++) y[i]! /= length
}

/** The vector or its negative, such that the first of the entries of largest magnitude is positive. */
function withPositiveLeading(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  const leading = vector.find((entry) => Math.abs(entry) >= EQUAL_MAGNITUDE * largest) ?? 0
  return leading < 0 ? vector.map((entry) => -entry) : vector
}
