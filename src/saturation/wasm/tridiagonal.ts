import {
  diagonal,
  matrix,
  offDiagonal,
  order,
  padding,
  PANEL,
  panelV,
  panelW,
  productsV,
  productsW,
  stride,
} from './layout'
import { projectOnPanel, subtractPanel } from './panel'
import { multiply, subtractPanelFromTiles } from './tiles'
import { clear, dot, entry, F64, minus, ownSquares, TILE, tileStart } from './vectors'

/** A row whose entries right of the off-diagonal are shorter than the root of this counts as reduced (the largest entry is about 1). */
const NOTHING: f64 = 1e-250

/** Rows and columns reduced so far, padding included. */
let reduced: usize = 0

/** Before the first `reduce`: the tiles on the diagonal get their lower triangle. */
export function begin(): void {
  reduced = padding
  for (let r: usize = 0; r < order; r += TILE)
    for (let i = r; i < r + TILE; i++)
      for (let j = r; j < i; j++) store<f64>(entry(matrix + i * stride, j), load<f64>(entry(matrix + j * stride, i)))
}

/**
 * Reduces the next panel's columns to tridiagonal form by Householder reflections H = I − v vᵀ, |v|² = 2, updating the
 * rest of the matrix once for all of them (Dongarra, Sorensen and Hammarling 1989, as LAPACK's dsytrd does): half of
 * the work is matrix-vector products, half a product of matrices. Each v takes the place of its column's row.
 * @returns columns reduced so far; the order when nothing is left.
 */
export function reduce(): usize {
  const first = reduced
  const count = min(PANEL, order - 1 - first)
  for (let j: usize = 0; j < count; j++) reduceColumn(first + j, j)
  reduced = first + count
  if (reduced + 1 < order) subtractPanelFromTiles(tileStart(reduced), count)
  else if (count > 0) {
    const last = matrix + reduced * stride
    subtractPanel(last, count, tileStart(reduced), entry(panelW, reduced), entry(panelV, reduced), stride)
  }
  keep(first, count)
  if (reduced + 1 === order) {
    store<f64>(entry(diagonal, reduced), load<f64>(entry(matrix + reduced * stride, reduced)))
    reduced++
  }
  return reduced - padding
}

/** Puts the panel's v into the rows that are reduced, right of the diagonal; nothing reads or updates these any more. */
function keep(first: usize, count: usize): void {
  for (let j: usize = 0; j < count; j++) {
    const i = first + j
    memory.copy(entry(matrix + i * stride, i + 1), entry(panelV + j * stride, i + 1), (order - i - 1) * F64)
  }
}

/** Ends the reduction where the rest is nothing but rounding: it counts as zero. */
export function endWithZeros(): void {
  if (reduced > padding) store<f64>(entry(offDiagonal, reduced - 1), 0)
  for (let r = reduced; r < order; r++) {
    store<f64>(entry(diagonal, r), 0)
    store<f64>(entry(offDiagonal, r), 0)
    // Reflections are read from here.
    clear(matrix + r * stride, r, order)
  }
  reduced = order
}

/**
 * Takes a vector from the coordinates of the tridiagonal matrix back to those of the matrix, in place, when all is
 * reduced: x = H₁ H₂ … y.
 * @param y as long as the matrix's rows
 */
export function takeBack(y: usize): void {
  for (let i = order - 1; i-- > padding;) {
    const v = entry(matrix + i * stride, i + 1)
    const x = y + (i + 1 - padding) * F64
    let along = 0.0
    for (let c: usize = 0, end = (order - i - 1) * F64; c < end; c += F64) along += load<f64>(v + c) * load<f64>(x + c)
    for (let c: usize = 0, end = (order - i - 1) * F64; c < end; c += F64)
      store<f64>(x + c, load<f64>(x + c) - along * load<f64>(v + c))
  }
}

/** The entry that couples what is reduced to the rest. */
export function coupling(): f64 {
  return load<f64>(entry(offDiagonal, reduced - 1))
}

/** Trace of the rest: of what is not reduced yet, between two calls of `reduce`. */
export function restTrace(): f64 {
  let trace = 0.0
  for (let r = reduced; r < order; r++) trace += load<f64>(entry(matrix + r * stride, r))
  return trace
}

/** Sum of the squares of all the rest's entries. */
export function restSquares(): f64 {
  let squares = 0.0
  for (let r = reduced; r < order; r++) {
    const lead = load<f64>(entry(matrix + r * stride, r))
    const right = entry(matrix + r * stride, r + 1)
    squares += lead * lead + 2 * ownSquares(right, order - r - 1)
  }
  return squares
}

/** @param j how many columns of the panel came before column i */
function reduceColumn(i: usize, j: usize): void {
  const row = matrix + i * stride
  const v = panelV + j * stride
  const w = panelW + j * stride
  subtractPanel(row, j, tileStart(i), entry(panelW, i), entry(panelV, i), stride)
  store<f64>(entry(diagonal, i), load<f64>(entry(row, i)))
  const from = tileStart(i + 1)
  clear(v, from, i + 1)
  store<f64>(entry(offDiagonal, i), reflector(row, v, i + 1))
  // w = p − (pᵀv / 2) v with p = A v; A is the matrix at the panel's start less what the panel has changed since.
  multiply(v, w, from)
  projectOnPanel(v, j, from, productsV, productsW)
  subtractPanel(w, j, from, productsW, productsV, F64)
  clear(w, from, i + 1)
  const half = f64x2.splat(dot(v, w, from, order) / 2)
  for (let c = from * F64, end = order * F64; c < end; c += 16)
    v128.store(w + c, minus(v128.load(w + c), half, v128.load(v + c)))
}

/**
 * v such that I − v vᵀ takes row[start …] to a multiple of its first unit vector; v = 0 where it is one.
 * @returns the multiple
 */
function reflector(row: usize, v: usize, start: usize): f64 {
  const from = tileStart(start)
  memory.copy(entry(v, start), entry(row, start), (order - start) * F64)
  const lead = load<f64>(entry(v, start))
  store<f64>(entry(v, start), 0)
  const rest = dot(v, v, from, order)
  if (rest <= NOTHING) {
    clear(v, start, order)
    return lead
  }
  const squares = rest + lead * lead
  const result = lead > 0 ? -sqrt(squares) : sqrt(squares)
  store<f64>(entry(v, start), lead - result)
  const scale = f64x2.splat(1 / sqrt(squares - lead * result))
  for (let c = from * F64, end = order * F64; c < end; c += 16) v128.store(v + c, f64x2.mul(scale, v128.load(v + c)))
  return result
}
