import {
  diagonal,
  matrix,
  offDiagonal,
  order,
  padding,
  PANEL_COLUMNS,
  panelV,
  panelW,
  productsV,
  productsW,
  stride,
} from './layout'
import { projectOnPanel, subtractPanel } from './panel'
import { multiply, subtractPanelFromTiles } from './tiles'
import { clear, dot, entry, F64, nmadd, sumOfSquares, TILE_BYTES, tile, tileStart } from './vectors'

/**
 * Sum of squares of a row right of the off-diagonal up to which the row counts as reduced, where the largest entry is
 * about 1.
 */
function negligibleSquares<T>(): f64 {
  return sizeof<T>() == 8 ? 1e-250 : 1e-30
}

/** Rows and columns reduced so far, including padding. */
let reduced: usize = 0

/** Fills in the lower triangle of the tiles on the diagonal. Has to be called before the first `reduce`. */
export function begin<T>(): void {
  reduced = padding
  for (let r: usize = 0; r < order; r += tile<T>())
    for (let i = r; i < r + tile<T>(); i++)
      for (let j = r; j < i; j++) store<T>(entry<T>(matrix + i * stride, j), load<T>(entry<T>(matrix + j * stride, i)))
}

/** Columns reduced so far, without padding. */
export function reducedColumns(): usize {
  return reduced - padding
}

/** Continues with a matrix after work on another one. @param columns its reduced columns, without padding */
export function resume(columns: usize): void {
  reduced = padding + columns
}

/**
 * Reduces the next panel of columns to tridiagonal form by Householder reflections H = I − v vᵀ, |v|² = 2, and updates
 * the rest of the matrix once for all of them (Dongarra, Sorensen and Hammarling 1989, as in LAPACK's dsytrd). Half of
 * the work is matrix-vector products, the other half a matrix-matrix product. Each v is stored in the row of its
 * column.
 * @returns columns reduced so far; the order of the matrix when the reduction is complete.
 */
export function reduce<T>(): usize {
  const first = reduced
  const count = min(PANEL_COLUMNS, order - 1 - first)
  for (let j: usize = 0; j < count; j++) reduceColumn<T>(first + j, j)
  reduced = first + count
  if (reduced + 1 < order) subtractPanelFromTiles<T>(tileStart<T>(reduced), count)
  else if (count > 0) {
    const last = matrix + reduced * stride
    subtractPanel<T>(last, count, tileStart<T>(reduced), entry<T>(panelW, reduced), entry<T>(panelV, reduced), stride)
  }
  storeReflectors<T>(first, count)
  if (reduced + 1 === order) {
    store<f64>(entry<f64>(diagonal, reduced), <f64>load<T>(entry<T>(matrix + reduced * stride, reduced)))
    reduced++
  }
  return reduced - padding
}

/** Stores the panel's v right of the diagonal in the reduced rows, which are not needed otherwise any more. */
function storeReflectors<T>(first: usize, count: usize): void {
  for (let j: usize = 0; j < count; j++) {
    const i = first + j
    memory.copy(
      entry<T>(matrix + i * stride, i + 1),
      entry<T>(panelV + j * stride, i + 1),
      (order - i - 1) * sizeof<T>(),
    )
  }
}

/** Completes the reduction of a matrix whose rest is mere rounding, by setting the rest to zero. */
export function zeroTrailing(): void {
  if (reduced > padding) store<f64>(entry<f64>(offDiagonal, reduced - 1), 0)
  for (let r = reduced; r < order; r++) {
    store<f64>(entry<f64>(diagonal, r), 0)
    store<f64>(entry<f64>(offDiagonal, r), 0)
    // `backTransform` reads the reflections from here: a v of zeros is no reflection.
    clear<f64>(matrix + r * stride, r, order)
  }
  reduced = order
}

/**
 * Transforms a vector from the coordinates of the tridiagonal matrix to those of the original one, x = H₁ H₂ … y, in
 * place. Requires a complete reduction.
 * @param y a vector as long as the matrix's rows, without padding
 */
export function backTransform(y: usize): void {
  for (let i = order - 1; i-- > padding;) {
    const v = entry<f64>(matrix + i * stride, i + 1)
    const x = y + (i + 1 - padding) * F64
    let along = 0.0
    for (let c: usize = 0, end = (order - i - 1) * F64; c < end; c += F64) along += load<f64>(v + c) * load<f64>(x + c)
    for (let c: usize = 0, end = (order - i - 1) * F64; c < end; c += F64)
      store<f64>(x + c, load<f64>(x + c) - along * load<f64>(v + c))
  }
}

/** The off-diagonal entry that couples the reduced part to the rest. */
export function coupling(): f64 {
  return load<f64>(entry<f64>(offDiagonal, reduced - 1))
}

/** Trace of the rest, which is not reduced yet. Valid between two calls of `reduce`. */
export function trailingTrace(): f64 {
  let trace = 0.0
  for (let r = reduced; r < order; r++) trace += load<f64>(entry<f64>(matrix + r * stride, r))
  return trace
}

/** Sum of the squares of all entries of the rest. */
export function trailingSquares(): f64 {
  let squares = 0.0
  for (let r = reduced; r < order; r++) {
    const lead = load<f64>(entry<f64>(matrix + r * stride, r))
    const right = entry<f64>(matrix + r * stride, r + 1)
    squares += lead * lead + 2 * sumOfSquares<f64>(right, order - r - 1)
  }
  return squares
}

/** Reduces one column. @param i the column @param j number of columns before it in the same panel */
function reduceColumn<T>(i: usize, j: usize): void {
  const row = matrix + i * stride
  const v = panelV + j * stride
  const w = panelW + j * stride
  subtractPanel<T>(row, j, tileStart<T>(i), entry<T>(panelW, i), entry<T>(panelV, i), stride)
  store<f64>(entry<f64>(diagonal, i), <f64>load<T>(entry<T>(row, i)))
  const from = tileStart<T>(i + 1)
  clear<T>(v, from, i + 1)
  store<f64>(entry<f64>(offDiagonal, i), reflector<T>(row, v, i + 1))
  // w = p − (pᵀv / 2) v with p = A v, where A is the matrix before the panel minus the updates by its previous columns.
  multiply<T>(v, w, from)
  projectOnPanel<T>(v, j, from, productsV, productsW)
  subtractPanel<T>(w, j, from, productsW, productsV, sizeof<T>())
  clear<T>(w, from, i + 1)
  const half = v128.splat<T>(<T>(dot<T>(v, w, from, order) / 2))
  for (let c = entry<T>(0, from), end = entry<T>(0, order); c < end; c += 16)
    v128.store(w + c, nmadd<T>(v128.load(w + c), half, v128.load(v + c)))
}

/**
 * Computes v such that I − v vᵀ maps row[start …] to a multiple of the first unit vector. v = 0 if it already is one.
 * @returns that multiple
 */
function reflector<T>(row: usize, v: usize, start: usize): f64 {
  const from = tileStart<T>(start)
  memory.copy(entry<T>(v, start), entry<T>(row, start), (order - start) * sizeof<T>())
  const lead = <f64>load<T>(entry<T>(v, start))
  store<T>(entry<T>(v, start), 0)
  const rest = dot<T>(v, v, from, order)
  if (rest <= negligibleSquares<T>()) {
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
