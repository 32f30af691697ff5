import { F64 } from './vectors'

/** Share of the coupling's square below which p counts as zero. */
const NEGLIGIBLE_SHARE: f64 = 1e-280

// State of a sweep between two rows, named as in LAPACK's dsterf.
let shift: f64 = 0
let gamma: f64 = 0
let p: f64 = 0
let c: f64 = 0
let s: f64 = 0

/**
 * One sweep of the root-free QL iteration.
 * @param d address of the block's diagonal
 * @param e address of the squares of its couplings; the one after the block becomes zero
 * @param length bytes from the block's first entry to its last
 * @param by shift of the sweep
 */
export function sweepOnce(d: usize, e: usize, length: usize, by: f64): void {
  begin(load<f64>(d + length), by)
  advance(d, e, length, 0)
  finish(d, e)
}

/**
 * Two sweeps over a block of at least three rows, the second two rows behind the first. Each row of a sweep has to wait
 * for the division of the row before, so a second sweep in the other half of each vector takes almost no additional
 * time.
 */
export function sweepTwice(d: usize, e: usize, length: usize, first: f64, second: f64): void {
  begin(load<f64>(d + length), first)
  advance(d, e, length, length - 2 * F64)
  const begun = load<f64>(d + length) - second
  const shifts = f64x2(first, second)
  let gammas = f64x2(gamma, begun)
  let ps = f64x2(p, begun * begun)
  let cs = f64x2(c, 1)
  let ss = f64x2(s, 0)
  // The first sweep passes its results to the second in registers.
  let values = v128.load64_splat(d + length - F64)
  let couplings = v128.load64_splat(e + length - F64)
  for (let at = length - 2 * F64; at > 0; at -= F64) {
    const squares = v128.shuffle<f64>(v128.load64_zero(e + at - F64), couplings, 0, 2)
    const alphas = v128.shuffle<f64>(v128.load64_zero(d + at - F64), values, 0, 2)
    const rs = f64x2.add(ps, squares)
    couplings = f64x2.mul(ss, rs)
    const before = gammas
    const large = f64x2.gt(ps, f64x2.mul(f64x2.splat(NEGLIGIBLE_SHARE), squares))
    const q = f64x2.sub(f64x2.sub(alphas, shifts), f64x2.mul(f64x2.div(squares, ps), before))
    const turned = f64x2.mul(cs, squares)
    cs = f64x2.div(ps, rs)
    ss = f64x2.div(squares, rs)
    gammas = f64x2.mul(cs, q)
    ps = f64x2.mul(gammas, q)
    if (!i64x2.all_true(large)) {
      cs = v128.and(cs, large)
      ss = v128.bitselect(ss, f64x2.splat(1), large)
      gammas = v128.bitselect(gammas, f64x2.neg(before), large)
      ps = v128.bitselect(ps, turned, large)
    }
    values = f64x2.add(before, f64x2.sub(alphas, gammas))
    v128.store64_lane(d + at + 2 * F64, values, 1)
    v128.store64_lane(e + at + 2 * F64, couplings, 1)
  }
  v128.store64_lane(d + F64, values, 0)
  v128.store64_lane(e + F64, couplings, 0)
  store<f64>(e, f64x2.extract_lane(ss, 0) * f64x2.extract_lane(ps, 0))
  store<f64>(d, first + f64x2.extract_lane(gammas, 0))
  shift = second
  gamma = f64x2.extract_lane(gammas, 1)
  p = f64x2.extract_lane(ps, 1)
  c = f64x2.extract_lane(cs, 1)
  s = f64x2.extract_lane(ss, 1)
  advance(d, e, 2 * F64, 0)
  finish(d, e)
}

function begin(value: f64, by: f64): void {
  shift = by
  gamma = value - by
  p = gamma * gamma
  c = 1
  s = 0
}

/** Continues a sweep from one row up to another. */
function advance(d: usize, e: usize, from: usize, to: usize): void {
  for (let at = from; at > to; at -= F64) {
    const square = load<f64>(e + at - F64)
    const r = p + square
    store<f64>(e + at, s * r)
    const before = gamma
    const alpha = load<f64>(d + at - F64)
    if (p > NEGLIGIBLE_SHARE * square) {
      // In dsterf one division waits for another: c = p / r, p = gamma² / c. The three divisions here can overlap.
      const q = alpha - shift - (square / p) * before
      c = p / r
      s = square / r
      gamma = c * q
      p = gamma * q
    } else {
      p = c * square
      c = 0
      s = 1
      gamma = -before
    }
    store<f64>(d + at, before + (alpha - gamma))
  }
}

function finish(d: usize, e: usize): void {
  store<f64>(e, s * p)
  store<f64>(d, shift + gamma)
}
