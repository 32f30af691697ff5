import { TridiagonalReduction } from './tridiagonalReduction.ts'

/**
 * All eigenvalues of a real symmetric matrix, without eigenvectors: Householder reduction to tridiagonal form, then the
 * root-free QL iteration. Both are backward stable: errors are of the order of machine epsilon times the largest
 * eigenvalue.
 *
 * @param matrix symmetric, row-major. Either [n × n], where only the upper triangle is read, or the packed upper
 *   triangle with n − i entries in row i. It is not modified.
 * @returns [n] eigenvalues, descending.
 * @throws RangeError when the length is neither n² nor n (n + 1) / 2, or the memory for n² numbers cannot be allocated.
 * @throws Error when an entry is NaN or infinite, or the iteration does not converge.
 */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  return eigenvaluesOfReduction(new TridiagonalReduction(matrix, n), n)
}

/**
 * Completes a reduction, returns all eigenvalues of its matrix and releases its memory.
 * @param n order of the matrix, including rows of zeros.
 * @throws Error when the iteration does not converge.
 */
export function eigenvaluesOfReduction(reduction: TridiagonalReduction, n: number): Float64Array {
  while (reduction.next());
  const found = reduction.eigenvalues()
  reduction.release()
  if (!found) throw new Error('the QL iteration did not converge')
  const values = new Float64Array(n)
  for (let i = 0; i < found.length; i++) values[i] = found[i]! * reduction.scale
  // Each row of zeros has an eigenvalue of zero, which belongs before eigenvalues that rounding has made negative.
  return found.length < n ? values.sort().reverse() : values
}
