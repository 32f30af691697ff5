import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/**
 * Saturation of the rows, computed independently of the code under test: a two-pass population covariance in float64, a
 * library's eigenvalues, and the definition of k taken literally.
 */
export function expected(rows: number[][], delta: number): { observations: number; trace: number; k: number } {
  const { observations, trace, k } = expectedWithin(rows, delta, 0)
  return { observations, trace, k: k[0]! }
}

/**
 * `expected` for data that is known only up to rounding: `k` lists every number that k can be if shares of the variance
 * are off by up to `rounding`. That is a single number, unless a share is very close to delta.
 */
export function expectedWithin(
  rows: number[][],
  delta: number,
  rounding: number,
): { observations: number; trace: number; k: number[] } {
  const matrix = covariance(rows)
  const trace = matrix.reduce((sum, row, i) => sum + row[i]!, 0)
  const eigenvalues = eigenvaluesOf(matrix)
  const [least, most] = [delta - rounding, Math.min(1, delta + rounding)].map((d) => dimensionOf(eigenvalues, d))
  return { observations: rows.length, trace, k: Array.from({ length: most! - least! + 1 }, (_, i) => least! + i) }
}

/** Population covariance (divided by n) of [observations][width], [width][width]. */
export function covariance(rows: number[][]): number[][] {
  const width = rows[0]!.length
  const mean = Array.from({ length: width }, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
  const deviations = new Matrix(rows.map((row) => row.map((value, i) => value - mean[i]!)))
  return deviations.transpose().mmul(deviations).div(rows.length).to2DArray()
}

/** Eigenvalues by a library, descending. */
export function eigenvaluesOf(matrix: number[][]): number[] {
  const decomposition = new EigenvalueDecomposition(new Matrix(matrix), { assumeSymmetric: true })
  return decomposition.realEigenvalues.sort((a, b) => b - a)
}

/** Smallest k such that the k largest eigenvalues hold delta of the total; 0 without variance. */
function dimensionOf(eigenvalues: number[], delta: number): number {
  const total = eigenvalues.reduce((sum, value) => sum + value, 0)
  if (total === 0) return 0
  let held = 0
  return eigenvalues.findIndex((value) => (held += value) >= delta * total) + 1
}

/**
 * Mean, eigenvalues (descending) and unit eigenvectors of the rows' covariance, computed by a library. The entry of
 * largest magnitude of each vector is positive.
 */
export function eigensystem(rows: number[][]): { mean: number[]; values: number[]; vectors: number[][] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(covariance(rows)), {
    assumeSymmetric: true,
  })
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const vectors = order.map((column) => {
    const vector = eigenvectorMatrix.getColumn(column)
    const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0)
    return vector.map((x) => x * Math.sign(largest))
  })
  const mean = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
  return { mean, values: order.map((i) => realEigenvalues[i]!), vectors }
}
