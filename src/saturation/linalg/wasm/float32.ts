import {
  base,
  placeTridiagonalAt,
  diagonal,
  growTo,
  layOut,
  matrix,
  offDiagonal,
  order,
  padding,
  stride,
} from './layout'
import { residual, PROBE_ROW_BYTES } from './probes'
import { begin, reduce, reducedColumns, resume } from './tridiagonal'
import { entry, F64 } from './vectors'

/**
 * Smallest magnitude that is copied to float32, where the largest entry is about 1. Smaller entries become zero,
 * because subnormal numbers are slow. The measured error includes this.
 */
const MIN_MAGNITUDE: f64 = 1e-18

/** Order of the whole matrix. */
let wholeOrder: usize = 0
/** Order of the rest, which is not reduced yet. */
let restOrder: usize = 0
/** Address of the first entry of the rest in float64. */
let float64Rest: usize = 0
/** Bytes from one row of the rest to the next in float64. */
let float64Stride: usize = 0
/** Address for the diagonal of the rest's tridiagonal matrix, where it completes that of the reduced columns. */
let d: usize = 0
/** Address for the off-diagonal of the rest's tridiagonal matrix. */
let e: usize = 0
let probes: usize = 0

/**
 * Copies the rest to a float32 matrix, which becomes the current matrix.
 * @returns address for the probes, whose rows each have one number per probe and then as many zeros. 0 when there is
 *   not enough memory; nothing is changed then.
 */
export function beginFloat32(): usize {
  const columns = reducedColumns()
  wholeOrder = order - padding
  restOrder = wholeOrder - columns
  float64Rest = entry<f64>(matrix + (padding + columns) * stride, padding + columns)
  float64Stride = stride
  d = entry<f64>(diagonal, padding + columns)
  e = entry<f64>(offDiagonal, padding + columns)
  const at = (layOut<f64>(wholeOrder, base()) + 63) & ~63
  probes = (layOut<f32>(restOrder, at) + 63) & ~63
  if (!growTo(probes + restOrder * PROBE_ROW_BYTES)) {
    layOut<f64>(wholeOrder, base())
    return 0
  }
  memory.fill(at, 0, probes + restOrder * PROBE_ROW_BYTES - at)
  placeTridiagonalAt(d, e)
  for (let r: usize = 0; r < restOrder; r++) {
    const from = float64Rest + r * float64Stride
    const to = entry<f32>(matrix + (padding + r) * stride, padding)
    for (let c = r; c < restOrder; c++) {
      const value = load<f64>(entry<f64>(from, c))
      store<f32>(entry<f32>(to, c), abs(value) < MIN_MAGNITUDE ? 0 : <f32>value)
    }
  }
  begin<f32>()
  return probes
}

/**
 * Reduces all of the rest in float32 and makes the float64 matrix the current one again.
 * @returns Σ |E x|² over the probes x, where E is the error: the tridiagonal matrix is exact for the rest plus E
 */
export function endFloat32(): f64 {
  const columns = wholeOrder - restOrder
  while (reduce<f32>() < restOrder);
  const squares = residual(float64Rest, float64Stride, restOrder, d, e, probes)
  layOut<f64>(wholeOrder, base())
  resume(columns)
  return squares
}
