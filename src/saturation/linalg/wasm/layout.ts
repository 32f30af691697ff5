import { entry, F64, tile, tileStart } from './vectors'

/** Columns reduced between two updates of the rest of the matrix. Their vectors have to stay in the cache. */
export const PANEL_COLUMNS: usize = 16
/** Bytes of padding after each row. Without it, rows of a power of two bytes would compete for the same cache lines. */
const ROW_GAP_BYTES: usize = 64

/** Order of the matrix including padding, a multiple of the tile. */
export let order: usize = 0
/** Rows and columns of padding, which precede those of the matrix itself. */
export let padding: usize = 0
/** Bytes from one row to the next, of the matrix and of the panel. */
export let stride: usize = 0
/** [order rows] The matrix: its upper triangle, and also the lower triangle inside the tiles on the diagonal. */
export let matrix: usize = 0
/** [PANEL_COLUMNS + 1 rows] The vectors v of the panel, by which the matrix becomes A − Σ (v wᵀ + w vᵀ). */
export let panelV: usize = 0
/** [PANEL_COLUMNS + 1 rows] The vectors w of the panel. */
export let panelW: usize = 0
/** [order / tile, columns, 2 tiles] The panel's vectors rearranged by tile, each tile of v followed by that of w. */
export let packed: usize = 0
/** [PANEL_COLUMNS + 2] Dot products of the panel's v with another vector. */
export let productsV: usize = 0
/** [PANEL_COLUMNS + 2] Dot products of the panel's w with another vector. */
export let productsW: usize = 0
/** [order] Diagonal of the tridiagonal matrix. */
export let diagonal: usize = 0
/** [order] Off-diagonal of the tridiagonal matrix; entry i couples rows i and i + 1. */
export let offDiagonal: usize = 0
/** [order] A copy of the diagonal, which the QL iteration turns into eigenvalues. */
export let values: usize = 0
/** [order] A copy of the off-diagonal, which the QL iteration destroys. */
export let couplings: usize = 0

/** Allocates an n × n matrix of zeros. Aborts when there is not enough memory. */
export function reserve(n: usize): void {
  const at = base()
  const end = layOut<f64>(n, at)
  if (!growTo(end)) unreachable()
  memory.fill(at, 0, end - at)
}

/** Address of the first matrix. */
export function base(): usize {
  return (__heap_base + 63) & ~63
}

/**
 * Sets the variables above to the addresses of an n × n matrix of type T and its vectors, without allocating memory.
 * @param at address of the matrix
 * @returns the first address after all of them
 */
export function layOut<T>(n: usize, at: usize): usize {
  order = tileStart<T>(n + tile<T>() - 1)
  padding = order - n
  stride = entry<T>(ROW_GAP_BYTES, order)
  matrix = at
  panelV = matrix + order * stride
  panelW = panelV + (PANEL_COLUMNS + 1) * stride
  packed = panelW + (PANEL_COLUMNS + 1) * stride
  productsV = packed + 2 * PANEL_COLUMNS * stride
  productsW = productsV + (PANEL_COLUMNS + 2) * F64
  diagonal = productsW + (PANEL_COLUMNS + 2) * F64
  offDiagonal = diagonal + order * F64
  values = offDiagonal + order * F64
  couplings = values + order * F64
  return couplings + order * F64
}

/**
 * Moves the tridiagonal matrix of the current layout to the end of another one.
 * @param d address of its first diagonal entry there
 * @param e address of its first off-diagonal entry there
 */
export function placeTridiagonalAt(d: usize, e: usize): void {
  diagonal = d - padding * F64
  offDiagonal = e - padding * F64
}

/**
 * Grows the memory up to an address.
 * @param end the first address that is not needed
 * @returns whether there is enough memory
 */
export function growTo(end: usize): bool {
  const missing = <i32>((end + 0xffff) >>> 16) - memory.size()
  return missing <= 0 || memory.grow(missing) >= 0
}

/** Address of the matrix's entry [i, i]. The entries to its right follow. */
export function diagonalEntry(i: usize): usize {
  return entry<f64>(matrix + (padding + i) * stride, padding + i)
}
