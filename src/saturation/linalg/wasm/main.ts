import { couplings, diagonal, matrix, offDiagonal, order, padding, stride, values } from './layout'
import { rootFreeQl } from './ql'
import * as tridiagonal from './tridiagonal'
import { entry, F64, tileStart } from './vectors'

export { diagonalEntry, reserve } from './layout'
export { beginSingle, endSingle } from './single'
export { coupling, endWithZeros, restSquares, restTrace, takeBack } from './tridiagonal'

/** What these do in float64. */
export function begin(): void {
  tridiagonal.begin<f64>()
}

export function reduce(): usize {
  return tridiagonal.reduce<f64>()
}

/** Address of the tridiagonal matrix's diagonal. */
export function diagonalOfT(): usize {
  return entry<f64>(diagonal, padding)
}

/** Address of its off-diagonal: the first couples its first two rows. */
export function offDiagonalOfT(): usize {
  return entry<f64>(offDiagonal, padding)
}

/** Address of room for a vector, free between calls. */
export function scratch(): usize {
  return values
}

/** Largest absolute value in the upper triangle, NaN when an entry is. */
export function magnitude(): f64 {
  let largest = f64x2.splat(0)
  for (let r: usize = 0; r < order; r++)
    for (
      let c = entry<f64>(matrix + r * stride, tileStart<f64>(r)), end = entry<f64>(matrix + r * stride, order);
      c < end;
      c += 16
    )
      largest = f64x2.max(largest, f64x2.abs(v128.load(c)))
  return max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1))
}

/** Multiplies the upper triangle by a factor. */
export function scale(factor: f64): void {
  const f = f64x2.splat(factor)
  for (let r: usize = 0; r < order; r++)
    for (
      let c = entry<f64>(matrix + r * stride, tileStart<f64>(r)), end = entry<f64>(matrix + r * stride, order);
      c < end;
      c += 16
    )
      v128.store(c, f64x2.mul(f, v128.load(c)))
}

/**
 * Eigenvalues of the leading part of the tridiagonal matrix, unsorted.
 * @param columns its order, at most what is reduced
 * @param raise added to its last diagonal entry
 * @returns their address, 0 when an eigenvalue did not converge
 */
export function eigenvalues(columns: usize, raise: f64): usize {
  memory.copy(values, entry<f64>(diagonal, padding), columns * F64)
  const last = entry<f64>(values, columns - 1)
  store<f64>(last, load<f64>(last) + raise)
  memory.copy(couplings, entry<f64>(offDiagonal, padding), columns * F64)
  return rootFreeQl(values, couplings, columns) ? values : 0
}
