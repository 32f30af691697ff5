import { matrix, padding, stride } from './layout'
import { entry, F64, laneSum, nmadd, madd, zeros } from './vectors'

/** Number of random vectors x, the probes. */
const PROBES: usize = 8
/** Bytes of one entry of all probes, a cache line. */
const HALF_ROW_BYTES: usize = PROBES * F64
/** Bytes of a row of the probes' memory: one entry of all x, then the same entry of all C x. */
export const PROBE_ROW_BYTES: usize = 2 * HALF_ROW_BYTES

/**
 * Σ |E x|² = Σ |T Qᵀx − QᵀC x|² over the probes x, in float64. E = Q T Qᵀ − C is the whole error of a reduction of C in
 * float32, whatever its source. Q is the product of the reflections I − 2 v vᵀ / |v|², which are orthogonal no matter
 * how v was rounded.
 * @param c address of the first entry of C, the matrix before its reduction, in float64
 * @param step bytes from one row of C to the next
 * @param n order of C
 * @param d diagonal of T
 * @param e off-diagonal of T
 * @param rows [n × 2 PROBES] x followed by zeros in each row; overwritten
 */
export function residual(c: usize, step: usize, n: usize, d: usize, e: usize, rows: usize): f64 {
  const end = rows + n * PROBE_ROW_BYTES
  multiply(c, step, rows, end)
  for (let i: usize = 0; i + 1 < n; i++)
    reflect(entry<f32>(matrix + (padding + i) * stride, padding + i + 1), rows + (i + 1) * PROBE_ROW_BYTES, end)
  let squares = zeros()
  for (let row = rows; row < end; row += PROBE_ROW_BYTES, d += F64, e += F64)
    for (let p = row; p < row + HALF_ROW_BYTES; p += 16) {
      let t = f64x2.sub(f64x2.mul(v128.load_splat<f64>(d), v128.load(p)), v128.load(p + HALF_ROW_BYTES))
      if (row > rows) t = madd<f64>(t, v128.load_splat<f64>(e - F64), v128.load(p - PROBE_ROW_BYTES))
      if (row + PROBE_ROW_BYTES < end) t = madd<f64>(t, v128.load_splat<f64>(e), v128.load(p + PROBE_ROW_BYTES))
      squares = madd<f64>(squares, t, t)
    }
  return laneSum<f64>(squares)
}

/** Adds C x to the second half of each row, reading each entry of C's upper triangle once. */
function multiply(c: usize, step: usize, rows: usize, end: usize): void {
  for (let row = rows; row < end; row += PROBE_ROW_BYTES, c += step + F64) {
    const x0 = v128.load(row)
    const x1 = v128.load(row, 16)
    const x2 = v128.load(row, 32)
    const x3 = v128.load(row, 48)
    let a = v128.load_splat<f64>(c)
    let s0 = madd<f64>(v128.load(row, 64), a, x0)
    let s1 = madd<f64>(v128.load(row, 80), a, x1)
    let s2 = madd<f64>(v128.load(row, 96), a, x2)
    let s3 = madd<f64>(v128.load(row, 112), a, x3)
    let at = c + F64
    for (let p = row + PROBE_ROW_BYTES; p < end; p += PROBE_ROW_BYTES, at += F64) {
      a = v128.load_splat<f64>(at)
      s0 = madd<f64>(s0, a, v128.load(p))
      s1 = madd<f64>(s1, a, v128.load(p, 16))
      s2 = madd<f64>(s2, a, v128.load(p, 32))
      s3 = madd<f64>(s3, a, v128.load(p, 48))
      v128.store(p, madd<f64>(v128.load(p, 64), a, x0), 64)
      v128.store(p, madd<f64>(v128.load(p, 80), a, x1), 80)
      v128.store(p, madd<f64>(v128.load(p, 96), a, x2), 96)
      v128.store(p, madd<f64>(v128.load(p, 112), a, x3), 112)
    }
    v128.store(row, s0, 64)
    v128.store(row, s1, 80)
    v128.store(row, s2, 96)
    v128.store(row, s3, 112)
  }
}

/** Applies the reflection I − 2 v vᵀ / |v|² to the rows from `rows` to `end`. @param v address of v in float32 */
function reflect(v: usize, rows: usize, end: usize): void {
  let squares = 0.0
  let s0 = zeros()
  let s1 = zeros()
  let s2 = zeros()
  let s3 = zeros()
  let s4 = zeros()
  let s5 = zeros()
  let s6 = zeros()
  let s7 = zeros()
  let at = v
  for (let p = rows; p < end; p += PROBE_ROW_BYTES, at += sizeof<f32>()) {
    const value = <f64>load<f32>(at)
    const a = f64x2.splat(value)
    squares += value * value
    s0 = madd<f64>(s0, a, v128.load(p))
    s1 = madd<f64>(s1, a, v128.load(p, 16))
    s2 = madd<f64>(s2, a, v128.load(p, 32))
    s3 = madd<f64>(s3, a, v128.load(p, 48))
    s4 = madd<f64>(s4, a, v128.load(p, 64))
    s5 = madd<f64>(s5, a, v128.load(p, 80))
    s6 = madd<f64>(s6, a, v128.load(p, 96))
    s7 = madd<f64>(s7, a, v128.load(p, 112))
  }
  // v is zero for a column that needed no reflection.
  if (squares === 0) return
  const factor = 2 / squares
  at = v
  for (let p = rows; p < end; p += PROBE_ROW_BYTES, at += sizeof<f32>()) {
    const a = f64x2.splat(factor * <f64>load<f32>(at))
    v128.store(p, nmadd<f64>(v128.load(p), a, s0))
    v128.store(p, nmadd<f64>(v128.load(p, 16), a, s1), 16)
    v128.store(p, nmadd<f64>(v128.load(p, 32), a, s2), 32)
    v128.store(p, nmadd<f64>(v128.load(p, 48), a, s3), 48)
    v128.store(p, nmadd<f64>(v128.load(p, 64), a, s4), 64)
    v128.store(p, nmadd<f64>(v128.load(p, 80), a, s5), 80)
    v128.store(p, nmadd<f64>(v128.load(p, 96), a, s6), 96)
    v128.store(p, nmadd<f64>(v128.load(p, 112), a, s7), 112)
  }
}
