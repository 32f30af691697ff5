import { effectiveRank } from './effectiveRank.ts'
import { expandSpectrum, type Spectrum } from './spectrum.ts'

/**
 * Statistics of a covariance's eigenvalues other than k. They are null when there is no variance, unless stated
 * otherwise.
 */
export interface SpectrumStatistics {
  /**
   * Sum of the eigenvalues, with negative ones, which come from rounding, counted as zero: delve's `dtrc`. 0 without
   * variance.
   */
  diagonalTrace: number
  /** Number of eigenvalues larger than largest × width × precision, as in NumPy's `matrix_rank`. 0 without variance. */
  rank: number
  /**
   * Natural logarithm of the product of the `rank` largest eigenvalues: the log-determinant at full rank, and the
   * log-pseudo-determinant below full rank, where the determinant is 0. Unlike the product, its logarithm cannot
   * underflow.
   */
  logDeterminant: number | null
  /** Largest / smallest eigenvalue; null below full rank, where it is infinite, and if the tail is binned. */
  condition: number | null
  /** Exponential of the entropy of the eigenvalues' shares (Roy and Vetterli 2007). */
  effectiveRank: number | null
  /** (Σλ)² / Σλ²: the number of equal eigenvalues with the same ratio. */
  participationRatio: number | null
  /**
   * False if smaller eigenvalues are known only as bins. Each of them is then replaced by the mean of its bin, which
   * makes `logDeterminant`, `effectiveRank` and `participationRatio` upper bounds.
   */
  exact: boolean
}

/**
 * Statistics of a spectrum.
 * @param precision relative rounding of the features' sums, `FLOAT32_EPSILON` or `FLOAT64_EPSILON`; smaller eigenvalues
 *   are noise.
 */
export function spectrumStatistics(spectrum: Spectrum, precision: number): SpectrumStatistics {
  const values = expandSpectrum(spectrum)
  const width = values.length
  const exact = spectrum.tail.every((bin) => bin.count === 1)
  const largest = values[0] ?? 0
  if (!(largest > 0)) {
    const none = { logDeterminant: null, condition: null, effectiveRank: null, participationRatio: null }
    return { diagonalTrace: 0, rank: 0, ...none, exact }
  }
  const negligible = largest * width * precision
  let [trace, squares, rank, logs] = [0, 0, 0, 0]
  for (let i = width - 1; i >= 0; i--) {
    const value = values[i]!
    trace += value
    // Dividing by the largest keeps the squares in range at any scale.
    squares += (value / largest) ** 2
    if (value <= negligible && i > 0) continue
    rank++
    logs += Math.log(value)
  }
  return {
    diagonalTrace: trace,
    rank,
    logDeterminant: logs,
    condition: rank === width && exact ? largest / values[width - 1]! : null,
    effectiveRank: effectiveRank(values),
    participationRatio: (trace / largest) ** 2 / squares,
    exact,
  }
}
