import type { GramSums } from './accumulator.ts'

/** Rows that are summed at a time: two panels of this many rows fit in the first-level cache. */
const BLOCK_ROWS = 128
/** Features of a panel. Products are formed for pairs of panels, so that each value loaded is used this many times. */
const PANEL_WIDTH = 4

/** Sums of rows about a point. Of the lower triangle of `gram`, only entries near the diagonal are filled in. */
export interface CentredGram extends GramSums<Float64Array> {
  /** [width] The point: for `gramOfRows` the mean as computed, which differs from the exact one by rounding. */
  shift: Float64Array
}

/**
 * Sums of raw observations about their mean, in float64. The mean is computed as the first row plus the mean difference
 * from it, so that the deviations of a constant feature are exactly zero. O(count × width²)
 * @param rows [count × width], row-major, count ≥ 1
 */
export function gramOfRows(rows: ArrayLike<number>, width: number): CentredGram {
  return gramAbout(rows, width, meanOf(rows, width))
}

/**
 * Sums of raw observations about a point, in float64. O(count × width²)
 * @param rows [count × width], row-major
 * @param shift [width] the point
 */
export function gramAbout(rows: ArrayLike<number>, width: number, shift: Float64Array): CentredGram {
  const count = rows.length / width
  const sum = new Float64Array(width)
  const gram = new Float64Array(width * width)
  const panels = new Float64Array(Math.ceil(width / PANEL_WIDTH) * PANEL_WIDTH * Math.min(BLOCK_ROWS, count))
  for (let from = 0; from < count; from += BLOCK_ROWS) {
    const block = Math.min(BLOCK_ROWS, count - from)
    pack(rows, width, from, block, shift, panels, sum)
    addProducts(panels, block, gram, width)
  }
  return { count, shift, sum, gram }
}

function meanOf(rows: ArrayLike<number>, width: number): Float64Array {
  const count = rows.length / width
  const mean = new Float64Array(width)
  for (let r = 1; r < count; r++) for (let i = 0; i < width; i++) mean[i]! += rows[r * width + i]! - rows[i]!
  for (let i = 0; i < width; i++) mean[i] = rows[i]! + mean[i]! / count
  return mean
}

/**
 * Copies the deviations of a block of rows as [panels, rows, PANEL_WIDTH], so that each panel is contiguous in memory.
 */
function pack(
  rows: ArrayLike<number>,
  width: number,
  from: number,
  count: number,
  shift: Float64Array,
  panels: Float64Array,
  sum: Float64Array,
): void {
  for (let i = 0; i < Math.ceil(width / PANEL_WIDTH) * PANEL_WIDTH; i++) {
    let to = (i - (i % PANEL_WIDTH)) * count + (i % PANEL_WIDTH)
    let total = 0
    for (let r = 0; r < count; r++, to += PANEL_WIDTH) {
      const deviation = i < width ? rows[(from + r) * width + i]! - shift[i]! : 0
      panels[to] = deviation
      total += deviation
    }
    if (i < width) sum[i]! += total
  }
}

function addProducts(panels: Float64Array, count: number, gram: Float64Array, width: number): void {
  const edge = new Float64Array(PANEL_WIDTH * PANEL_WIDTH)
  for (let i = 0; i < width; i += PANEL_WIDTH) {
    for (let j = i; j < width; j += PANEL_WIDTH) {
      if (j + PANEL_WIDTH <= width) addTile(panels, i * count, j * count, count, gram, i * width + j, width)
      else {
        addTile(panels, i * count, j * count, count, edge.fill(0), 0, PANEL_WIDTH)
        for (let r = i; r < Math.min(i + PANEL_WIDTH, width); r++) {
          for (let c = j; c < width; c++) gram[r * width + c]! += edge[(r - i) * PANEL_WIDTH + c - j]!
        }
      }
    }
  }
}

/**
 * Adds the products of two panels: 4 × 4 sums over `count` rows. Unrolled to keep the sums in registers, six times as
 * fast.
 */
function addTile(
  panels: Float64Array,
  a: number,
  b: number,
  count: number,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  let [s00, s01, s02, s03] = [0, 0, 0, 0]
  let [s10, s11, s12, s13] = [0, 0, 0, 0]
  let [s20, s21, s22, s23] = [0, 0, 0, 0]
  let [s30, s31, s32, s33] = [0, 0, 0, 0]
  for (const end = a + PANEL_WIDTH * count; a < end; a += PANEL_WIDTH, b += PANEL_WIDTH) {
    const x0 = panels[a]!
    const x1 = panels[a + 1]!
    const x2 = panels[a + 2]!
    const x3 = panels[a + 3]!
    const y0 = panels[b]!
    const y1 = panels[b + 1]!
    const y2 = panels[b + 2]!
    const y3 = panels[b + 3]!
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s03 += x0 * y3
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s13 += x1 * y3
    s20 += x2 * y0
    s21 += x2 * y1
    s22 += x2 * y2
    s23 += x2 * y3
    s30 += x3 * y0
    s31 += x3 * y1
    s32 += x3 * y2
    s33 += x3 * y3
  }
  const sums = [s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33]
  for (let r = 0; r < PANEL_WIDTH; r++)
    for (let c = 0; c < PANEL_WIDTH; c++) out[at + r * stride + c]! += sums[r * PANEL_WIDTH + c]!
}
