import { matrix, padding, stride } from './layout'
import { entry, F64, laneSum, minus, plus, zeros } from './vectors'

/** Random vectors x. Each row has their numbers, and behind them those of C x: two lines of the cache. */
const PROBES: usize = 8
const HALF: usize = PROBES * F64
export const ROW: usize = 2 * HALF

/**
 * Σ |T Qᵀx − QᵀC x|² over the probes x, in float64: E = Q T Qᵀ − C is the whole error of a reduction in float32, whatever
 * it comes from. Q is of the reflections I − 2 v vᵀ / |v|², which are orthogonal however v was rounded.
 * @param c @param step the matrix before its reduction, float64: address of its first entry, and bytes from row to row
 * @param n its order
 * @param d @param e diagonal and off-diagonal of T
 * @param rows [n × 2 PROBES] x and zeros, destroyed
 */
export function residual(c: usize, step: usize, n: usize, d: usize, e: usize, rows: usize): f64 {
  const end = rows + n * ROW
  multiply(c, step, rows, end)
  for (let i: usize = 0; i + 1 < n; i++)
    reflect(entry<f32>(matrix + (padding + i) * stride, padding + i + 1), rows + (i + 1) * ROW, end)
  let squares = zeros()
  for (let row = rows; row < end; row += ROW, d += F64, e += F64)
    for (let p = row; p < row + HALF; p += 16) {
      let t = f64x2.sub(f64x2.mul(v128.load_splat<f64>(d), v128.load(p)), v128.load(p + HALF))
      if (row > rows) t = plus<f64>(t, v128.load_splat<f64>(e - F64), v128.load(p - ROW))
      if (row + ROW < end) t = plus<f64>(t, v128.load_splat<f64>(e), v128.load(p + ROW))
      squares = plus<f64>(squares, t, t)
    }
  return laneSum<f64>(squares)
}

/** Adds C x to each row's second half; each entry of C's upper triangle is read once. */
function multiply(c: usize, step: usize, rows: usize, end: usize): void {
  for (let row = rows; row < end; row += ROW, c += step + F64) {
    const x0 = v128.load(row)
    const x1 = v128.load(row, 16)
    const x2 = v128.load(row, 32)
    const x3 = v128.load(row, 48)
    let a = v128.load_splat<f64>(c)
    let s0 = plus<f64>(v128.load(row, 64), a, x0)
    let s1 = plus<f64>(v128.load(row, 80), a, x1)
    let s2 = plus<f64>(v128.load(row, 96), a, x2)
    let s3 = plus<f64>(v128.load(row, 112), a, x3)
    let at = c + F64
    for (let p = row + ROW; p < end; p += ROW, at += F64) {
      a = v128.load_splat<f64>(at)
      s0 = plus<f64>(s0, a, v128.load(p))
      s1 = plus<f64>(s1, a, v128.load(p, 16))
      s2 = plus<f64>(s2, a, v128.load(p, 32))
      s3 = plus<f64>(s3, a, v128.load(p, 48))
      v128.store(p, plus<f64>(v128.load(p, 64), a, x0), 64)
      v128.store(p, plus<f64>(v128.load(p, 80), a, x1), 80)
      v128.store(p, plus<f64>(v128.load(p, 96), a, x2), 96)
      v128.store(p, plus<f64>(v128.load(p, 112), a, x3), 112)
    }
    v128.store(row, s0, 64)
    v128.store(row, s1, 80)
    v128.store(row, s2, 96)
    v128.store(row, s3, 112)
  }
}

/** Takes (I − 2 v vᵀ / |v|²) of the rows from one address to another, whose v is of float32. */
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
  for (let p = rows; p < end; p += ROW, at += sizeof<f32>()) {
    const value = <f64>load<f32>(at)
    const a = f64x2.splat(value)
    squares += value * value
    s0 = plus<f64>(s0, a, v128.load(p))
    s1 = plus<f64>(s1, a, v128.load(p, 16))
    s2 = plus<f64>(s2, a, v128.load(p, 32))
    s3 = plus<f64>(s3, a, v128.load(p, 48))
    s4 = plus<f64>(s4, a, v128.load(p, 64))
    s5 = plus<f64>(s5, a, v128.load(p, 80))
    s6 = plus<f64>(s6, a, v128.load(p, 96))
    s7 = plus<f64>(s7, a, v128.load(p, 112))
  }
  // A column that needed no reflection.
  if (squares === 0) return
  const factor = 2 / squares
  at = v
  for (let p = rows; p < end; p += ROW, at += sizeof<f32>()) {
    const a = f64x2.splat(factor * <f64>load<f32>(at))
    v128.store(p, minus<f64>(v128.load(p), a, s0))
    v128.store(p, minus<f64>(v128.load(p, 16), a, s1), 16)
    v128.store(p, minus<f64>(v128.load(p, 32), a, s2), 32)
    v128.store(p, minus<f64>(v128.load(p, 48), a, s3), 48)
    v128.store(p, minus<f64>(v128.load(p, 64), a, s4), 64)
    v128.store(p, minus<f64>(v128.load(p, 80), a, s5), 80)
    v128.store(p, minus<f64>(v128.load(p, 96), a, s6), 96)
    v128.store(p, minus<f64>(v128.load(p, 112), a, s7), 112)
  }
}
