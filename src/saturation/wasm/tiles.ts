import { order, matrix, packed, panelV, panelW, stride } from './layout'
import { clear, entry, F64, laneSum, plus, TILE, zeros } from './vectors'

/** Tiles side by side whose packed vectors stay in the first-level cache while they are used. */
const BLOCK: usize = 8

/**
 * y = A x for the block from row and column `from` on (a multiple of TILE), each entry read once: four rows at a time,
 * as rows and, mirrored, as columns.
 */
export function multiply(x: usize, y: usize, from: usize): void {
  clear(y, from, order)
  for (let r = from; r < order; r += TILE)
    multiplyTileRow(entry(matrix + r * stride, r), entry(x, r), entry(y, r), (order - r) * F64)
}

function multiplyTileRow(row0: usize, x: usize, y: usize, length: usize): void {
  const row1 = row0 + stride
  const row2 = row1 + stride
  const row3 = row2 + stride
  const x0 = v128.load_splat<f64>(x)
  const x1 = v128.load_splat<f64>(x, 8)
  const x2 = v128.load_splat<f64>(x, 16)
  const x3 = v128.load_splat<f64>(x, 24)
  // The tile on the diagonal has both triangles.
  let p = v128.load(x)
  let q = v128.load(x, 16)
  let s0 = plus(f64x2.mul(v128.load(row0), p), v128.load(row0, 16), q)
  let s1 = plus(f64x2.mul(v128.load(row1), p), v128.load(row1, 16), q)
  let s2 = plus(f64x2.mul(v128.load(row2), p), v128.load(row2, 16), q)
  let s3 = plus(f64x2.mul(v128.load(row3), p), v128.load(row3, 16), q)
  for (let c: usize = TILE * F64; c < length; c += 16) {
    const e0 = v128.load(row0 + c)
    const e1 = v128.load(row1 + c)
    const e2 = v128.load(row2 + c)
    const e3 = v128.load(row3 + c)
    p = v128.load(x + c)
    s0 = plus(s0, e0, p)
    s1 = plus(s1, e1, p)
    s2 = plus(s2, e2, p)
    s3 = plus(s3, e3, p)
    q = plus(plus(plus(plus(v128.load(y + c), e0, x0), e1, x1), e2, x2), e3, x3)
    v128.store(y + c, q)
  }
  store<f64>(y, load<f64>(y) + laneSum(s0))
  store<f64>(y, load<f64>(y, 8) + laneSum(s1), 8)
  store<f64>(y, load<f64>(y, 16) + laneSum(s2), 16)
  store<f64>(y, load<f64>(y, 24) + laneSum(s3), 24)
}

/** A −= Σ v wᵀ + w vᵀ over the panel's first `count` vectors, for the tiles from `from` on: half of all the work. */
export function subtractPanelFromTiles(from: usize, count: usize): void {
  const length = count * 2 * TILE * F64
  const first = from / TILE
  const end = order / TILE
  pack(first, end, count, length)
  for (let block = first; block < end; block += BLOCK) {
    const blockEnd = min(block + BLOCK, end)
    for (let t = first; t < blockEnd; t++) {
      const start = max(t, block)
      subtractFromTileRow(
        entry(matrix + t * TILE * stride, start * TILE),
        packed + t * length,
        packed + start * length,
        length,
        blockEnd - start,
      )
    }
  }
}

function pack(first: usize, end: usize, count: usize, length: usize): void {
  for (let t = first; t < end; t++) {
    let to = packed + t * length
    let from = t * TILE * F64
    for (let j: usize = 0; j < count; j++) {
      v128.store(to, v128.load(panelV + from))
      v128.store(to, v128.load(panelV + from, 16), 16)
      v128.store(to, v128.load(panelW + from), 32)
      v128.store(to, v128.load(panelW + from, 16), 48)
      to += 2 * TILE * F64
      from += stride
    }
  }
}

function subtractFromTileRow(tile: usize, left: usize, right: usize, length: usize, count: usize): void {
  for (; count > 0; count--) {
    subtractFromTile(tile, left, right, length)
    tile += TILE * F64
    right += length
  }
}

function subtractFromTile(tile: usize, left: usize, right: usize, length: usize): void {
  let a0 = zeros()
  let b0 = zeros()
  let a1 = zeros()
  let b1 = zeros()
  let a2 = zeros()
  let b2 = zeros()
  let a3 = zeros()
  let b3 = zeros()
  let s: v128
  // v from the left meets w from the right, and the other way round. Not unrolled: Binaryen would gather the terms of
  // each sum, and what then does not fit into registers goes through the stack.
  for (let k: usize = 0; k < length; k += TILE * F64) {
    const p = v128.load(right + (k ^ (TILE * F64)))
    const q = v128.load(right + (k ^ (TILE * F64)), 16)
    s = v128.load_splat<f64>(left + k, 0)
    a0 = plus(a0, s, p)
    b0 = plus(b0, s, q)
    s = v128.load_splat<f64>(left + k, 8)
    a1 = plus(a1, s, p)
    b1 = plus(b1, s, q)
    s = v128.load_splat<f64>(left + k, 16)
    a2 = plus(a2, s, p)
    b2 = plus(b2, s, q)
    s = v128.load_splat<f64>(left + k, 24)
    a3 = plus(a3, s, p)
    b3 = plus(b3, s, q)
  }
  subtract(tile, a0, b0)
  subtract(tile + stride, a1, b1)
  subtract(tile + 2 * stride, a2, b2)
  subtract(tile + 3 * stride, a3, b3)
}

function subtract(place: usize, a: v128, b: v128): void {
  v128.store(place, f64x2.sub(v128.load(place), a))
  v128.store(place, f64x2.sub(v128.load(place, 16), b), 16)
}
