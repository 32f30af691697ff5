// Numbers have the type T, f64 or f32. A vector register of 128 bits holds two or four of them.

/** Bytes of a float64. */
export const F64: usize = 8
/** Bytes of a row of a tile: two vector registers. */
export const TILE_BYTES: usize = 32

/**
 * Rows and columns of a tile. The matrix is padded to whole tiles, and loops over vectors start and end at tile
 * boundaries.
 */
export function tile<T>(): usize {
  return TILE_BYTES / sizeof<T>()
}

export function zeros(): v128 {
  return f64x2.splat(0)
}

/** Sum of the numbers in a vector register, in float64. */
export function laneSum<T>(v: v128): f64 {
  if (sizeof<T>() == 8) return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
  return laneSum<f64>(f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 1))))
}

/** Address of an entry of a vector. */
export function entry<T>(vector: usize, index: usize): usize {
  return vector + index * sizeof<T>()
}

/** The first index of the tile that contains `index`. */
export function tileStart<T>(index: usize): usize {
  return index & ~(tile<T>() - 1)
}

/** sum + x y. With relaxed SIMD this can be a fused multiply-add, which rounds once and takes half the instructions. */
export function madd<T>(sum: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.relaxed_madd<T>(x, y, sum) : v128.add<T>(sum, v128.mul<T>(x, y))
}

/** sum − x y, fused like `madd`. */
export function nmadd<T>(sum: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.relaxed_nmadd<T>(x, y, sum) : v128.sub<T>(sum, v128.mul<T>(x, y))
}

/** Σ x[c] y[c] for c in [from, to), where both bounds are tile boundaries. */
export function dot<T>(x: usize, y: usize, from: usize, to: usize): f64 {
  let s = zeros()
  let t = zeros()
  for (let c = entry<T>(0, from), end = entry<T>(0, to); c < end; c += TILE_BYTES) {
    s = madd<T>(s, v128.load(x + c), v128.load(y + c))
    t = madd<T>(t, v128.load(x + c, 16), v128.load(y + c, 16))
  }
  return laneSum<T>(v128.add<T>(s, t))
}

/** x[c] = 0 for c in [from, to). */
export function clear<T>(x: usize, from: usize, to: usize): void {
  memory.fill(entry<T>(x, from), 0, (to - from) * sizeof<T>())
}

/** Σ x² of `count` numbers that start at any address. */
export function sumOfSquares<T>(x: usize, count: usize): f64 {
  let s = zeros()
  let t = zeros()
  const end = x + entry<T>(0, tileStart<T>(count))
  let at = x
  for (; at < end; at += TILE_BYTES) {
    const p = v128.load(at)
    const q = v128.load(at, 16)
    s = madd<T>(s, p, p)
    t = madd<T>(t, q, q)
  }
  let sum = laneSum<T>(v128.add<T>(s, t))
  for (const last = x + entry<T>(0, count); at < last; at += sizeof<T>()) sum += <f64>load<T>(at) * <f64>load<T>(at)
  return sum
}
