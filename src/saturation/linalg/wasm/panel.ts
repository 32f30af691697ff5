import { order, panelV, panelW, stride } from './layout'
import { entry, laneSum, nmadd, madd, TILE_BYTES, zeros } from './vectors'

/**
 * Computes toV[j] = v_j · x and toW[j] = w_j · x over [from, order) for the panel's first `count` vectors. Works in
 * pairs, so that for an odd `count` one more of each is written.
 */
export function projectOnPanel<T>(x: usize, count: usize, from: usize, toV: usize, toW: usize): void {
  const begin = entry<T>(0, from)
  const end = entry<T>(0, order)
  let v0 = panelV
  let w0 = panelW
  for (let j: usize = 0; j < count; j += 2) {
    const v1 = v0 + stride
    const w1 = w0 + stride
    // With eight separate sums, no addition has to wait for the one before it.
    let a0 = zeros()
    let a1 = zeros()
    let b0 = zeros()
    let b1 = zeros()
    let c0 = zeros()
    let c1 = zeros()
    let d0 = zeros()
    let d1 = zeros()
    for (let c = begin; c < end; c += TILE_BYTES) {
      const p = v128.load(x + c)
      const q = v128.load(x + c, 16)
      a0 = madd<T>(a0, p, v128.load(v0 + c))
      a1 = madd<T>(a1, q, v128.load(v0 + c, 16))
      b0 = madd<T>(b0, p, v128.load(w0 + c))
      b1 = madd<T>(b1, q, v128.load(w0 + c, 16))
      c0 = madd<T>(c0, p, v128.load(v1 + c))
      c1 = madd<T>(c1, q, v128.load(v1 + c, 16))
      d0 = madd<T>(d0, p, v128.load(w1 + c))
      d1 = madd<T>(d1, q, v128.load(w1 + c, 16))
    }
    store<T>(toV, <T>laneSum<T>(v128.add<T>(a0, a1)))
    store<T>(toW, <T>laneSum<T>(v128.add<T>(b0, b1)))
    store<T>(toV, <T>laneSum<T>(v128.add<T>(c0, c1)), sizeof<T>())
    store<T>(toW, <T>laneSum<T>(v128.add<T>(d0, d1)), sizeof<T>())
    toV += 2 * sizeof<T>()
    toW += 2 * sizeof<T>()
    v0 = v1 + stride
    w0 = w1 + stride
  }
}

/**
 * x −= Σ (f_j v_j + g_j w_j) over [from, order) for the panel's first `count` vectors.
 * @param f address of the factors f_j
 * @param g address of the factors g_j
 * @param step bytes from one factor to the next
 */
export function subtractPanel<T>(x: usize, count: usize, from: usize, f: usize, g: usize, step: usize): void {
  const begin = entry<T>(0, from)
  const end = entry<T>(0, order)
  let v0 = panelV
  let w0 = panelW
  let j: usize = 0
  for (; j + 1 < count; j += 2) {
    const v1 = v0 + stride
    const w1 = w0 + stride
    const f0 = v128.load_splat<T>(f)
    const g0 = v128.load_splat<T>(g)
    const f1 = v128.load_splat<T>(f + step)
    const g1 = v128.load_splat<T>(g + step)
    for (let c = begin; c < end; c += 16) {
      const a = nmadd<T>(nmadd<T>(v128.load(x + c), f0, v128.load(v0 + c)), g0, v128.load(w0 + c))
      v128.store(x + c, nmadd<T>(nmadd<T>(a, f1, v128.load(v1 + c)), g1, v128.load(w1 + c)))
    }
    f += 2 * step
    g += 2 * step
    v0 = v1 + stride
    w0 = w1 + stride
  }
  if (j === count) return
  const f0 = v128.load_splat<T>(f)
  const g0 = v128.load_splat<T>(g)
  for (let c = begin; c < end; c += 16) {
    v128.store(x + c, nmadd<T>(nmadd<T>(v128.load(x + c), f0, v128.load(v0 + c)), g0, v128.load(w0 + c)))
  }
}
