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

/** Σ x[c] y[c] for c in [from, to), both multiples of TILE. */
export function dot(x: usize, y: usize, from: usize, to: usize): f64 {
  let s = zeros()
  let t = zeros()
  for (let c = from * F64, end = to * F64; c < end; c += 32) {
    s = f64x2.add(s, f64x2.mul(v128.load(x + c), v128.load(y + c)))
    t = f64x2.add(t, f64x2.mul(v128.load(x + c, 16), v128.load(y + c, 16)))
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
    s = f64x2.add(s, f64x2.mul(p, p))
    t = f64x2.add(t, f64x2.mul(q, q))
  }
  let sum = laneSum(f64x2.add(s, t))
  for (const last = x + count * F64; at < last; at += F64) sum += load<f64>(at) * load<f64>(at)
  return sum
}
