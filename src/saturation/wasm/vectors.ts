/** Bytes of a float64. */
export const F64: usize = 8
/** The matrix is padded to a multiple of this many rows and columns, and vectors start and end at one. */
export const TILE: usize = 4

export function zeros(): v128 {
  return f64x2.splat(0)
}

export function laneSum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}

export function entry(vector: usize, index: usize): usize {
  return vector + index * F64
}

/** The first index of the tile that holds `index`. */
export function tileStart(index: usize): usize {
  return index & ~(TILE - 1)
}

/** sum + x y: rounded once where the build has relaxed SIMD and the processor fuses the two, which takes half the instructions. */
export function plus(sum: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(x, y, sum) : f64x2.add(sum, f64x2.mul(x, y))
}

/** sum − x y, in the same way. */
export function minus(sum: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_nmadd(x, y, sum) : f64x2.sub(sum, f64x2.mul(x, y))
}

/** Σ x[c] y[c] for c in [from, to), both multiples of TILE. */
export function dot(x: usize, y: usize, from: usize, to: usize): f64 {
  let s = zeros()
  let t = zeros()
  for (let c = from * F64, end = to * F64; c < end; c += 32) {
    s = plus(s, v128.load(x + c), v128.load(y + c))
    t = plus(t, v128.load(x + c, 16), v128.load(y + c, 16))
  }
  return laneSum(f64x2.add(s, t))
}

/** x[c] = 0 for c in [from, to). */
export function clear(x: usize, from: usize, to: usize): void {
  memory.fill(entry(x, from), 0, (to - from) * F64)
}

/** Σ x² of `count` numbers from any address on. */
export function ownSquares(x: usize, count: usize): f64 {
  let s = zeros()
  let t = zeros()
  const end = x + (count & ~3) * F64
  let at = x
  for (; at < end; at += 32) {
    const p = v128.load(at)
    const q = v128.load(at, 16)
    s = plus(s, p, p)
    t = plus(t, q, q)
  }
  let sum = laneSum(f64x2.add(s, t))
  for (const last = x + count * F64; at < last; at += F64) sum += load<f64>(at) * load<f64>(at)
  return sum
}
