import { couplings, diagonal, matrix, offDiagonal, order, padding, stride, values } from './layout'
import { rootFreeQl } from './ql'
import * as tridiagonal from './tridiagonal'
import { entry, F64, tileStart } from './vectors'

export { diagonalEntry, reserve } from './layout'
export { beginFloat32, endFloat32 } from './float32'
export { coupling, zeroTrailing, trailingSquares, trailingTrace, backTransform } from './tridiagonal'

/** `tridiagonal.begin` in float64. */
export function begin(): void {
  tridiagonal.begin<f64>()
}

/** `tridiagonal.reduce` in float64. */
export function reduce(): usize {
  return tridiagonal.reduce<f64>()
}

/** Address of the tridiagonal matrix's diagonal. */
export function diagonalOfT(): usize {
  return entry<f64>(diagonal, padding)
}

/** Address of the tridiagonal matrix's off-diagonal, whose first entry couples the first two rows. */
export function offDiagonalOfT(): usize {
  return entry<f64>(offDiagonal, padding)
}

/** Address of memory for a vector, which the caller may use between calls. */
export function scratch(): usize {
  return values
}

/** Largest absolute value in the upper triangle; NaN if an entry is NaN. */
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
 * @param columns order of that part, at most the number of reduced columns
 * @param raise added to its last diagonal entry
 * @returns address of the eigenvalues, or 0 when one did not converge
 */
export function eigenvalues(columns: usize, raise: f64): usize {
  memory.copy(values, entry<f64>(diagonal, padding), columns * F64)
  const last = entry<f64>(values, columns - 1)
  store<f64>(last, load<f64>(last) + raise)
  memory.copy(couplings, entry<f64>(offDiagonal, padding), columns * F64)
  return rootFreeQl(values, couplings, columns) ? values : 0
}
