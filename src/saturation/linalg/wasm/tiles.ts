import { order, matrix, packed, panelV, panelW, stride } from './layout'
import { clear, entry, laneSum, madd, tile, TILE_BYTES, tileStart, zeros } from './vectors'

/** Adjacent tiles whose packed vectors fit in the first-level cache together. */
const BLOCK_TILES: usize = 8
/** Rows that are processed at once: a tile of float64, half a tile of float32. */
const ROWS_AT_ONCE: usize = 4

/**
 * y = A x for the part of A from row and column `from` on, which is the start of a tile. Each entry is read once and
 * used twice, in its own place and mirrored. Four rows are processed at a time.
 */
export function multiply<T>(x: usize, y: usize, from: usize): void {
  clear<T>(y, from, order)
  for (let r = from; r < order; r += ROWS_AT_ONCE) multiplyRows<T>(x, y, r)
}

function multiplyRows<T>(x: usize, y: usize, r: usize): void {
  const row0 = matrix + r * stride
  const row1 = row0 + stride
  const row2 = row1 + stride
  const row3 = row2 + stride
  const own = entry<T>(0, r)
  const x0 = v128.load_splat<T>(x + own)
  const x1 = v128.load_splat<T>(x + own, sizeof<T>())
  const x2 = v128.load_splat<T>(x + own, 2 * sizeof<T>())
  const x3 = v128.load_splat<T>(x + own, 3 * sizeof<T>())
  // The tile on the diagonal is stored with both triangles, so it needs no mirroring.
  let c = entry<T>(0, tileStart<T>(r))
  let p = v128.load(x + c)
  let q = v128.load(x + c, 16)
  let s0 = madd<T>(v128.mul<T>(v128.load(row0 + c), p), v128.load(row0 + c, 16), q)
  let s1 = madd<T>(v128.mul<T>(v128.load(row1 + c), p), v128.load(row1 + c, 16), q)
  let s2 = madd<T>(v128.mul<T>(v128.load(row2 + c), p), v128.load(row2 + c, 16), q)
  let s3 = madd<T>(v128.mul<T>(v128.load(row3 + c), p), v128.load(row3 + c, 16), q)
  c += TILE_BYTES
  for (const end = entry<T>(0, order); c < end; c += 16) {
    const e0 = v128.load(row0 + c)
    const e1 = v128.load(row1 + c)
    const e2 = v128.load(row2 + c)
    const e3 = v128.load(row3 + c)
    p = v128.load(x + c)
    s0 = madd<T>(s0, e0, p)
    s1 = madd<T>(s1, e1, p)
    s2 = madd<T>(s2, e2, p)
    s3 = madd<T>(s3, e3, p)
    q = madd<T>(madd<T>(madd<T>(madd<T>(v128.load(y + c), e0, x0), e1, x1), e2, x2), e3, x3)
    v128.store(y + c, q)
  }
  addTo<T>(y + own, s0)
  addTo<T>(y + own + sizeof<T>(), s1)
  addTo<T>(y + own + 2 * sizeof<T>(), s2)
  addTo<T>(y + own + 3 * sizeof<T>(), s3)
}

function addTo<T>(place: usize, sum: v128): void {
  store<T>(place, <T>(<f64>load<T>(place) + laneSum<T>(sum)))
}

/**
 * A −= Σ (v wᵀ + w vᵀ) over the panel's first `count` vectors, for the tiles from `from` on. Half of all work is done
 * here.
 */
export function subtractPanelFromTiles<T>(from: usize, count: usize): void {
  const length = count * 2 * TILE_BYTES
  const first = from / tile<T>()
  const end = order / tile<T>()
  pack<T>(first, end, count, length)
  for (let block = first; block < end; block += BLOCK_TILES) {
    const blockEnd = min(block + BLOCK_TILES, end)
    for (let t = first; t < blockEnd; t++) {
      const start = max(t, block)
      for (let half: usize = 0; half < tile<T>(); half += ROWS_AT_ONCE)
        subtractFromRows<T>(
          entry<T>(matrix + (t * tile<T>() + half) * stride, start * tile<T>()),
          entry<T>(packed + t * length, half),
          packed + start * length,
          length,
          blockEnd - start,
        )
    }
  }
}

/** Copies the panel's vectors to `packed`, tile by tile. */
function pack<T>(first: usize, end: usize, count: usize, length: usize): void {
  for (let t = first; t < end; t++) {
    let to = packed + t * length
    let from = t * TILE_BYTES
    for (let j: usize = 0; j < count; j++) {
      v128.store(to, v128.load(panelV + from))
      v128.store(to, v128.load(panelV + from, 16), 16)
      v128.store(to, v128.load(panelW + from), 32)
      v128.store(to, v128.load(panelW + from, 16), 48)
      to += 2 * TILE_BYTES
      from += stride
    }
  }
}

function subtractFromRows<T>(place: usize, left: usize, right: usize, length: usize, count: usize): void {
  for (; count > 0; count--) {
    subtractFromTile<T>(place, left, right, length)
    place += TILE_BYTES
    right += length
  }
}

/** Subtracts the panel's products from four rows of a tile. */
function subtractFromTile<T>(place: usize, left: usize, right: usize, length: usize): void {
  let a0 = zeros()
  let b0 = zeros()
  let a1 = zeros()
  let b1 = zeros()
  let a2 = zeros()
  let b2 = zeros()
  let a3 = zeros()
  let b3 = zeros()
  let s: v128
  // Each v on the left is multiplied by w on the right, and each w by v. The loop is not unrolled, because Binaryen
  // would then group the terms of each sum, and with too few registers they would be spilled to the stack.
  for (let k: usize = 0; k < length; k += TILE_BYTES) {
    const p = v128.load(right + (k ^ TILE_BYTES))
    const q = v128.load(right + (k ^ TILE_BYTES), 16)
    s = v128.load_splat<T>(left + k, 0)
    a0 = madd<T>(a0, s, p)
    b0 = madd<T>(b0, s, q)
    s = v128.load_splat<T>(left + k, sizeof<T>())
    a1 = madd<T>(a1, s, p)
    b1 = madd<T>(b1, s, q)
    s = v128.load_splat<T>(left + k, 2 * sizeof<T>())
    a2 = madd<T>(a2, s, p)
    b2 = madd<T>(b2, s, q)
    s = v128.load_splat<T>(left + k, 3 * sizeof<T>())
    a3 = madd<T>(a3, s, p)
    b3 = madd<T>(b3, s, q)
  }
  subtract<T>(place, a0, b0)
  subtract<T>(place + stride, a1, b1)
  subtract<T>(place + 2 * stride, a2, b2)
  subtract<T>(place + 3 * stride, a3, b3)
}

function subtract<T>(place: usize, a: v128, b: v128): void {
  v128.store(place, v128.sub<T>(v128.load(place), a))
  v128.store(place, v128.sub<T>(v128.load(place, 16), b), 16)
}
