import { couplings, diagonal, matrix, offDiagonal, order, padding, stride, values } from './layout'
import { rootFreeQl } from './ql'
import { entry, F64, tileStart } from './vectors'

export { diagonalEntry, reserve } from './layout'
export { begin, coupling, endWithZeros, reduce, restSquares, restTrace, takeBack } from './tridiagonal'

/** Address of the tridiagonal matrix's diagonal. */
export function diagonalOfT(): usize {
  return entry(diagonal, padding)
}

/** Address of its off-diagonal: the first couples its first two rows. */
export function offDiagonalOfT(): usize {
  return entry(offDiagonal, padding)
}

/** Address of room for a vector, free between calls. */
export function scratch(): usize {
  return values
}

/** Largest absolute value in the upper triangle, NaN when an entry is. */
export function magnitude(): f64 {
  let largest = f64x2.splat(0)
  for (let r: usize = 0; r < order; r++)
    for (let c = entry(matrix + r * stride, tileStart(r)), end = entry(matrix + r * stride, order); c < end; c += 16)
      largest = f64x2.max(largest, f64x2.abs(v128.load(c)))
  return max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1))
}

/** Multiplies the upper triangle by a factor. */
export function scale(factor: f64): void {
  const f = f64x2.splat(factor)
  for (let r: usize = 0; r < order; r++)
    for (let c = entry(matrix + r * stride, tileStart(r)), end = entry(matrix + r * stride, order); c < end; c += 16)
      v128.store(c, f64x2.mul(f, v128.load(c)))
}

/**
 * Eigenvalues of the leading part of the tridiagonal matrix, unsorted.
 * @param columns its order, at most what is reduced
 * @param raise added to its last diagonal entry
 * @returns their address, 0 when an eigenvalue did not converge
 */
export function eigenvalues(columns: usize, raise: f64): usize {
  memory.copy(values, entry(diagonal, padding), columns * F64)
  const last = entry(values, columns - 1)
  store<f64>(last, load<f64>(last) + raise)
  memory.copy(couplings, entry(offDiagonal, padding), columns * F64)
  return rootFreeQl(values, couplings, columns) ? values : 0
}
