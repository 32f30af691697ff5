import { effectiveRank } from './effectiveRank.ts'
import { spread, type Spectrum } from './spectrum.ts'

/** What a covariance's eigenvalues say beside k. Null where there is no variance, if not said otherwise. */
export interface SpectrumStatistics {
  /** Sum of the eigenvalues, rounding below zero taken as zero: delve's `dtrc`. */
  diagonalTrace: number
  /** Eigenvalues that stand out from rounding: larger than largest × width × precision, as numpy's `matrix_rank`. */
  rank: number
  /**
   * Natural logarithm of the product of the `rank` largest eigenvalues: the log-determinant at full rank, the
   * log-pseudo-determinant below it, where the determinant itself is 0. In logarithms nothing underflows.
   */
  logDeterminant: number | null
  /** Largest / smallest eigenvalue; null below full rank, where it is infinite, and for a binned tail. */
  condition: number | null
  /** Exponential of the entropy of the eigenvalues' shares (Roy and Vetterli 2007). */
  effectiveRank: number | null
  /** (Σλ)² / Σλ²: the number of equal eigenvalues that would spread as much. */
  participationRatio: number | null
  /**
   * False where smaller eigenvalues are known as bins only, each of which stands as its mean: then `logDeterminant`,
   * `effectiveRank` and `participationRatio` are upper bounds.
   */
  exact: boolean
}

/**
 * Statistics of a spectrum.
 * @param precision relative rounding of the features' sums, `FLOAT32` or `FLOAT64`: eigenvalues below it are noise.
 */
export function spectrumStatistics(spectrum: Spectrum, precision: number): SpectrumStatistics {
  const values = spread(spectrum)
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
    // Relative to the largest, the squares stay in range at any scale.
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
