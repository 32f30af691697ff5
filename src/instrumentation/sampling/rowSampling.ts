/** Which rows of an output [rows, width] to take: every `stride`-th from `offset` on. */
export interface Sample {
  rows: number
  width: number
  stride: number
  offset: number
}

/** Number of rows of an output that is read as [rows, width]: the product of all axes but the last. */
export function rowsOf(shape: number[]): number {
  let rows = 1
  for (let i = 0; i < shape.length - 1; i++) rows *= shape[i]!
  return rows
}

/**
 * Chooses the rows of one step: all of them while they are at most `limit`, else an even sample. Its offset changes
 * with every step, so that over time each position is sampled.
 * @param shape of the output, features last.
 * @param step determines the offset.
 */
export function sampleRows(shape: number[], limit: number, step: number): Sample {
  const width = shape.at(-1) ?? 1
  const rows = rowsOf(shape)
  let stride = Math.max(1, Math.ceil(rows / Math.max(2, limit)))
  // A stride that shares a factor with the number of positions of an image would take the same columns of every image.
  const positions = rows / (shape[0] || 1)
  while (stride > 1 && commonDivisor(stride, positions) > 1) stride++
  if (rows / stride < 2) stride = 1
  return { rows, width, stride, offset: stride === 1 ? 0 : (step * 7919) % stride }
}

/** Number of rows that a sample takes. */
export function sampleSize({ rows, stride, offset }: Sample): number {
  return Math.ceil((rows - offset) / stride)
}

/** Takes the sampled rows, [rows × width], from an output that was copied out whole. */
export function pickRows(values: Float32Array, { width, stride, offset, rows }: Sample): Float32Array {
  if (stride === 1) return values
  const picked = new Float32Array(sampleSize({ width, stride, offset, rows }) * width)
  for (let row = offset, at = 0; row < rows; row += stride) {
    for (let from = row * width, end = from + width; from < end;) picked[at++] = values[from++]!
  }
  return picked
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
