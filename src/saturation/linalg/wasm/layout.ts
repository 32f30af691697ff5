import { entry, F64, tile, tileStart } from './vectors'

/** Columns reduced between two updates of the rest of the matrix; their vectors have to stay in the cache. */
const PANEL: usize = 16
/** Bytes between rows, so that rows of a power of two do not all fall on the same lines of the cache. */
const GAP: usize = 64

/** Rows and columns with padding, a multiple of the tile. */
export let order: usize = 0
/** Rows and columns of padding, before the matrix's own. */
export let padding: usize = 0
/** Bytes from one row to the next, of the matrix and of the panel. */
export let stride: usize = 0
/** [order rows] The matrix: its upper triangle, and both triangles inside the tiles on the diagonal. */
export let matrix: usize = 0
/** [PANEL + 1 rows each] The panel's vectors: the matrix becomes A − Σ v wᵀ + w vᵀ. */
export let panelV: usize = 0
export let panelW: usize = 0
/** The panel's vectors by tile: [order / tile, columns, a tile's of v then of w]. */
export let packed: usize = 0
/** [PANEL + 2 each] Products of the panel's vectors with another one. */
export let productsV: usize = 0
export let productsW: usize = 0
/** [order each] Diagonal and off-diagonal (i couples i and i + 1) of the tridiagonal matrix. */
export let diagonal: usize = 0
export let offDiagonal: usize = 0
/** [order each] A copy of them to take eigenvalues from. */
export let values: usize = 0
export let couplings: usize = 0

export { PANEL }

/** Makes room for an n × n matrix of zeros. Aborts when there is no memory. */
export function reserve(n: usize): void {
  const at = base()
  const end = lay<f64>(n, at)
  if (!grow(end)) unreachable()
  memory.fill(at, 0, end - at)
}

/** Where matrices begin. */
export function base(): usize {
  return (__heap_base + 63) & ~63
}

/**
 * Lays out an n × n matrix of type T and what goes with it, where nothing has to be there yet.
 * @returns the first address behind it
 */
export function lay<T>(n: usize, at: usize): usize {
  order = tileStart<T>(n + tile<T>() - 1)
  padding = order - n
  stride = entry<T>(GAP, order)
  matrix = at
  panelV = matrix + order * stride
  panelW = panelV + (PANEL + 1) * stride
  packed = panelW + (PANEL + 1) * stride
  productsV = packed + 2 * PANEL * stride
  productsW = productsV + (PANEL + 2) * F64
  diagonal = productsW + (PANEL + 2) * F64
  offDiagonal = diagonal + order * F64
  values = offDiagonal + order * F64
  couplings = values + order * F64
  return couplings + order * F64
}

/** The tridiagonal matrix of what is laid out goes elsewhere: to the end of another one. @param d @param e its first addresses there */
export function continueAt(d: usize, e: usize): void {
  diagonal = d - padding * F64
  offDiagonal = e - padding * F64
}

/** @param end address up to which there has to be memory @returns whether there is */
export function grow(end: usize): bool {
  const missing = <i32>((end + 0xffff) >>> 16) - memory.size()
  return missing <= 0 || memory.grow(missing) >= 0
}

/** Address of the matrix's entry [i, i]; those right of it follow. */
export function diagonalEntry(i: usize): usize {
  return entry<f64>(matrix + (padding + i) * stride, padding + i)
}
