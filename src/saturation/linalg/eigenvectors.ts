import { remainingEigenvalues } from './eigenvalues.ts'
import { gaussian } from './gaussian.ts'
import { InverseIteration } from './inverseIteration.ts'
import { Reduction } from './tridiagonalReduction.ts'

/** One iteration is usual; more serve eigenvalues that are almost equal. */
const ITERATIONS = 4
/** Entries of an eigenvector within this share of its largest are as large. */
const ALIKE = 1 - 1e-6

/** A spectrum with the directions of its largest eigenvalues. */
export interface Eigensystem {
  /** [n] all eigenvalues, descending. */
  values: Float64Array
  /** Unit eigenvectors [n] of the largest ones, orthogonal to each other. */
  vectors: Float64Array[]
}

/**
 * Eigenvalues of a real symmetric matrix, as `eigenvalues` finds them, with eigenvectors of the largest: inverse
 * iteration on the tridiagonal matrix (Jessup and Ipsen 1992), each vector kept orthogonal to those before it, then the
 * reflections backwards. Beside the eigenvalues this takes O(n²) for each vector.
 *
 * |Av − λv| is of the order of machine epsilon times |A|. Of repeated eigenvalues the vectors are some orthonormal basis.
 * The sign is such that a vector's entry of largest magnitude is positive, the first where several are as large.
 *
 * @param matrix as `eigenvalues` takes it.
 * @param count of vectors; there are fewer where fewer rows of the matrix are not zero.
 * @throws what `eigenvalues` throws.
 */
export function leadingEigenvectors(matrix: Float64Array, n: number, count: number): Eigensystem {
  return remainingEigensystem(new Reduction(matrix, n), n, count)
}

/**
 * `leadingEigenvectors` of a matrix whose reduction has begun; ends it.
 * @param n order of the whole matrix, rows of zeros included.
 * @throws Error when the QL iteration does not converge.
 */
export function remainingEigensystem(reduction: Reduction, n: number, count: number): Eigensystem {
  if (count === 0) return { values: remainingEigenvalues(reduction, n), vectors: [] }
  const { order, live } = reduction
  while (reduction.next());
  const found = reduction.eigenvalues() ?? new Float64Array(0)
  const { diagonal, offDiagonal } = reduction.tridiagonal()
  const ofT: Float64Array[] = []
  for (let i = 0; i < Math.min(count, found.length); i++)
    ofT.push(eigenvector(new InverseIteration(diagonal, offDiagonal, found[i]!), ofT, order))
  const vectors = ofT.map((y) => {
    const vector = new Float64Array(n)
    reduction.takeBack(y).forEach((entry, r) => (vector[live[r]!] = entry))
    return withSign(vector)
  })
  return { values: remainingEigenvalues(reduction, n), vectors }
}

/** @param before unit vectors that this one is orthogonal to. */
function eigenvector(iteration: InverseIteration, before: readonly Float64Array[], n: number): Float64Array {
  const y = Float64Array.from(gaussian(n, before.length))
  for (let i = 0; i < ITERATIONS; i++) {
    iteration.apply(y)
    normalise(y)
    // Where the first pass cancels almost all of y, the second takes away what its rounding has left.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of before) subtractAlong(y, other)
      normalise(y)
    }
  }
  return y
}

function subtractAlong(y: Float64Array, unit: Float64Array): void {
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

function withSign(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  const leading = vector.find((entry) => Math.abs(entry) >= ALIKE * largest) ?? 0
  return leading < 0 ? vector.map((entry) => -entry) : vector
}
