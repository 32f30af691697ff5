import { base, continueAt, diagonal, grow, lay, matrix, offDiagonal, order, padding, stride } from './layout'
import { residual, ROW } from './probes'
import { begin, reduce, reducedColumns, resume } from './tridiagonal'
import { entry, F64 } from './vectors'

/** Entries below this, beside a largest of about 1, are left out, which counts as error: subnormal numbers are slow. */
const NOTHING: f64 = 1e-18

/** Order of the whole matrix and of what of it is not reduced. */
let whole: usize = 0
let rest: usize = 0
/** The rest in float64: address of its first entry, and bytes from row to row. */
let double: usize = 0
let doubleStride: usize = 0
/** Where its tridiagonal matrix goes: T is whole then. */
let d: usize = 0
let e: usize = 0
let probes: usize = 0

/**
 * Copies the rest into a matrix of float32, and makes that the one that is worked on.
 * @returns address for the probes: a row has as many numbers as there are, and as many zeros; 0, leaving all as it was, when
 *   there is no memory
 */
export function beginSingle(): usize {
  const columns = reducedColumns()
  whole = order - padding
  rest = whole - columns
  double = entry<f64>(matrix + (padding + columns) * stride, padding + columns)
  doubleStride = stride
  d = entry<f64>(diagonal, padding + columns)
  e = entry<f64>(offDiagonal, padding + columns)
  const at = (lay<f64>(whole, base()) + 63) & ~63
  probes = (lay<f32>(rest, at) + 63) & ~63
  if (!grow(probes + rest * ROW)) {
    lay<f64>(whole, base())
    return 0
  }
  memory.fill(at, 0, probes + rest * ROW - at)
  continueAt(d, e)
  for (let r: usize = 0; r < rest; r++) {
    const from = double + r * doubleStride
    const to = entry<f32>(matrix + (padding + r) * stride, padding)
    for (let c = r; c < rest; c++) {
      const value = load<f64>(entry<f64>(from, c))
      store<f32>(entry<f32>(to, c), abs(value) < NOTHING ? 0 : <f32>value)
    }
  }
  begin<f32>()
  return probes
}

/**
 * Reduces all of the rest, and goes back to float64 where that had been.
 * @returns Σ |E x|² over the probes x: E is what has to be added to the rest for its tridiagonal matrix to be exact
 */
export function endSingle(): f64 {
  const columns = whole - rest
  while (reduce<f32>() < rest);
  const squares = residual(double, doubleStride, rest, d, e, probes)
  lay<f64>(whole, base())
  resume(columns)
  return squares
}
