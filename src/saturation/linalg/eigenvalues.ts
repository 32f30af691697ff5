import { Reduction } from './tridiagonalReduction.ts'

/**
 * All eigenvalues of a real symmetric matrix, values only: Householder reduction to tridiagonal form, then the root-free
 * QL iteration. Both are backward stable: errors are of the order of machine epsilon times the largest eigenvalue.
 *
 * @param matrix symmetric, row-major: [n × n], of which only the upper triangle is read, or that triangle alone, n − i
 *   entries in row i. Nothing is written.
 * @returns [n] eigenvalues, descending.
 * @throws RangeError when the length is neither n² nor n (n + 1) / 2, or the memory for n² numbers cannot be had.
 * @throws Error when an entry is NaN or infinite, or the iteration does not converge.
 */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  return remainingEigenvalues(new Reduction(matrix, n), n)
}

/**
 * All eigenvalues of a matrix whose reduction has begun; ends it.
 * @param n order of the whole matrix, rows of zeros included.
 * @throws Error when the iteration does not converge.
 */
export function remainingEigenvalues(reduction: Reduction, n: number): Float64Array {
  while (reduction.next());
  const found = reduction.eigenvalues()
  reduction.end()
  if (!found) throw new Error('the QL iteration did not converge')
  const values = new Float64Array(n)
  for (let i = 0; i < found.length; i++) values[i] = found[i]! * reduction.scale
  // Rows of zeros have eigenvalues of zero, which rounding below zero comes after.
  return found.length < n ? values.sort().reverse() : values
}
