import type { BatchSums } from '../../saturation/accumulator.ts'

/** Squared distance of the fixed point from the mean, in variances, from which on later batches use a nearer point. */
const MOVE_FROM_VARIANCES = 4
/**
 * Squared distance of the fixed point from the mean, in variances, from which on the present batch is summed again: the
 * layer's variance has lost two of its seven digits.
 */
const RESUM_FROM_VARIANCES = 64
/**
 * Mean square of float32 deviations below which squares lose digits, or vanish, at the lower end of float32's range.
 */
const MIN_MEAN_SQUARE = 2 ** -100

/**
 * Moves the fixed point that sums are formed about nearer to the mean, where it is far from it: with large biases, or
 * when a layer dies. Float32 sums of squares would otherwise consist of the distance, and their rounding would hide the
 * variance.
 *
 * Whether to move is decided for the layer as a whole. k depends on the rounding in relation to the trace, so a feature
 * that hardly varies does not change it, while a point other than zero has to be subtracted from every row.
 * @returns the point to use from now on, and whether the present one is so far away that the batch has to be summed
 *   again.
 */
export function approachMean(shift: Float32Array, sums: BatchSums): { point: Float32Array; resum: boolean } {
  const { count, sum } = sums
  const distance = (i: number): number => sum[i]! / count
  // An infinite square may be due to the distance alone.
  const variance = (i: number): number => {
    const square = squareOf(sums, i) / count
    return square === Infinity ? 0 : Math.max(0, square - distance(i) ** 2)
  }
  let [distances, variances] = [0, 0]
  for (let i = 0; i < shift.length; i++) {
    distances += distance(i) ** 2
    variances += variance(i)
  }
  if (!(distances > MOVE_FROM_VARIANCES * variances)) return { point: shift, resum: false }
  let point = shift
  for (let i = 0; i < shift.length; i++) {
    const nearer = Math.fround(shift[i]! + distance(i))
    const isFar = distance(i) ** 2 > MOVE_FROM_VARIANCES * variance(i)
    if (!isFar || !Number.isFinite(nearer) || nearer === shift[i]) continue
    if (point === shift) point = shift.slice()
    point[i] = nearer
  }
  return { point, resum: point !== shift && distances > RESUM_FROM_VARIANCES * variances }
}

/** Whether deviations are so small that their squares underflow in float32. */
export function underflows(sums: BatchSums): boolean {
  const { count, sum } = sums
  let squares = 0
  for (let i = 0; i < sum.length; i++) squares += squareOf(sums, i)
  return squares < MIN_MEAN_SQUARE * count && Array.prototype.some.call(sum, (value) => value !== 0)
}

/** Σ (x − shift)² of one feature. */
function squareOf(sums: BatchSums, i: number): number {
  return 'gram' in sums ? sums.gram[i * sums.sum.length + i]! : sums.squares[i]!
}
