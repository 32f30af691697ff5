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
import { clear, dot, entry, F64, minus, ownSquares, TILE_BYTES, tile, tileStart } from './vectors'

/** A row whose entries right of the off-diagonal are shorter than the root of this counts as reduced (the largest entry is about 1). */
function nothing<T>(): f64 {
  return sizeof<T>() == 8 ? 1e-250 : 1e-30
}

/** Rows and columns reduced so far, padding included. */
let reduced: usize = 0

/** Before the first `reduce`: the tiles on the diagonal get their lower triangle. */
export function begin<T>(): void {
  reduced = padding
  for (let r: usize = 0; r < order; r += tile<T>())
    for (let i = r; i < r + tile<T>(); i++)
      for (let j = r; j < i; j++) store<T>(entry<T>(matrix + i * stride, j), load<T>(entry<T>(matrix + j * stride, i)))
}

/** Columns reduced so far. */
export function reducedColumns(): usize {
  return reduced - padding
}

/** Goes on with a matrix that was left for another one. @param columns reduced of it before, padding left out */
export function resume(columns: usize): void {
  reduced = padding + columns
}

/**
 * Reduces the next panel's columns to tridiagonal form by Householder reflections H = I − v vᵀ, |v|² = 2, updating the
 * rest of the matrix once for all of them (Dongarra, Sorensen and Hammarling 1989, as LAPACK's dsytrd does): half of
 * the work is matrix-vector products, half a product of matrices. Each v takes the place of its column's row.
 * @returns columns reduced so far; the order when nothing is left.
 */
export function reduce<T>(): usize {
  const first = reduced
  const count = min(PANEL, order - 1 - first)
  for (let j: usize = 0; j < count; j++) reduceColumn<T>(first + j, j)
  reduced = first + count
  if (reduced + 1 < order) subtractPanelFromTiles<T>(tileStart<T>(reduced), count)
  else if (count > 0) {
    const last = matrix + reduced * stride
    subtractPanel<T>(last, count, tileStart<T>(reduced), entry<T>(panelW, reduced), entry<T>(panelV, reduced), stride)
  }
  keep<T>(first, count)
  if (reduced + 1 === order) {
    store<f64>(entry<f64>(diagonal, reduced), <f64>load<T>(entry<T>(matrix + reduced * stride, reduced)))
    reduced++
  }
  return reduced - padding
}

/** Puts the panel's v into the rows that are reduced, right of the diagonal; nothing reads or updates these any more. */
function keep<T>(first: usize, count: usize): void {
  for (let j: usize = 0; j < count; j++) {
    const i = first + j
    memory.copy(
      entry<T>(matrix + i * stride, i + 1),
      entry<T>(panelV + j * stride, i + 1),
      (order - i - 1) * sizeof<T>(),
    )
  }
}

/** Ends the reduction where the rest is nothing but rounding: it counts as zero. */
export function endWithZeros(): void {
  if (reduced > padding) store<f64>(entry<f64>(offDiagonal, reduced - 1), 0)
  for (let r = reduced; r < order; r++) {
    store<f64>(entry<f64>(diagonal, r), 0)
    store<f64>(entry<f64>(offDiagonal, r), 0)
    // Reflections are read from here.
    clear<f64>(matrix + r * stride, r, order)
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
    const v = entry<f64>(matrix + i * stride, i + 1)
    const x = y + (i + 1 - padding) * F64
    let along = 0.0
    for (let c: usize = 0, end = (order - i - 1) * F64; c < end; c += F64) along += load<f64>(v + c) * load<f64>(x + c)
    for (let c: usize = 0, end = (order - i - 1) * F64; c < end; c += F64)
      store<f64>(x + c, load<f64>(x + c) - along * load<f64>(v + c))
  }
}

/** The entry that couples what is reduced to the rest. */
export function coupling(): f64 {
  return load<f64>(entry<f64>(offDiagonal, reduced - 1))
}

/** Trace of the rest: of what is not reduced yet, between two calls of `reduce`. */
export function restTrace(): f64 {
  let trace = 0.0
  for (let r = reduced; r < order; r++) trace += load<f64>(entry<f64>(matrix + r * stride, r))
  return trace
}

/** Sum of the squares of all the rest's entries. */
export function restSquares(): f64 {
  let squares = 0.0
  for (let r = reduced; r < order; r++) {
    const lead = load<f64>(entry<f64>(matrix + r * stride, r))
    const right = entry<f64>(matrix + r * stride, r + 1)
    squares += lead * lead + 2 * ownSquares<f64>(right, order - r - 1)
  }
  return squares
}

/** @param j how many columns of the panel came before column i */
function reduceColumn<T>(i: usize, j: usize): void {
  const row = matrix + i * stride
  const v = panelV + j * stride
  const w = panelW + j * stride
  subtractPanel<T>(row, j, tileStart<T>(i), entry<T>(panelW, i), entry<T>(panelV, i), stride)
  store<f64>(entry<f64>(diagonal, i), <f64>load<T>(entry<T>(row, i)))
  const from = tileStart<T>(i + 1)
  clear<T>(v, from, i + 1)
  store<f64>(entry<f64>(offDiagonal, i), reflector<T>(row, v, i + 1))
  // w = p − (pᵀv / 2) v with p = A v; A is the matrix at the panel's start less what the panel has changed since.
  multiply<T>(v, w, from)
  projectOnPanel<T>(v, j, from, productsV, productsW)
  subtractPanel<T>(w, j, from, productsW, productsV, sizeof<T>())
  clear<T>(w, from, i + 1)
  const half = v128.splat<T>(<T>(dot<T>(v, w, from, order) / 2))
  for (let c = entry<T>(0, from), end = entry<T>(0, order); c < end; c += 16)
    v128.store(w + c, minus<T>(v128.load(w + c), half, v128.load(v + c)))
}

/**
 * v such that I − v vᵀ takes row[start …] to a multiple of its first unit vector; v = 0 where it is one.
 * @returns the multiple
 */
function reflector<T>(row: usize, v: usize, start: usize): f64 {
  const from = tileStart<T>(start)
  memory.copy(entry<T>(v, start), entry<T>(row, start), (order - start) * sizeof<T>())
  const lead = <f64>load<T>(entry<T>(v, start))
  store<T>(entry<T>(v, start), 0)
  const rest = dot<T>(v, v, from, order)
  if (rest <= nothing<T>()) {
    clear<T>(v, start, order)
    return lead
  }
  const squares = rest + lead * lead
  const result = lead > 0 ? -sqrt(squares) : sqrt(squares)
  store<T>(entry<T>(v, start), <T>(lead - result))
  const scale = v128.splat<T>(<T>(1 / sqrt(squares - lead * result)))
  for (let c = entry<T>(0, from), end = entry<T>(0, order); c < end; c += 16)
    v128.store(v + c, v128.mul<T>(scale, v128.load(v + c)))
  return result
}
