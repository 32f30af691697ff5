/** Second moments of feature vectors x that are centred on their mean. */
export interface Moments {
  /** tr Σ = E‖x‖² */
  trace: number
  /** ‖Σ‖²_F */
  squaredNorm: number
}

/** Moments of a small sample of the same feature vectors, centred on the mean of all. */
export interface SampleMoments {
  /** Rows in the sample. */
  rows: number
  /** Mean of ‖x‖². */
  square: number
  /** Mean of ‖x‖⁴. */
  fourth: number
  /** Mean of ⟨x, y⟩² over pairs of two rows of the same example; null where examples have one row. */
  pair: number | null
}

/** How many rows of the whole are the same as a given one, or belong to the same example. */
export interface Relations {
  /** Rows that are the same as a given row, that row included: ≥ 1. */
  same: number
  /** Further rows of the same example: other positions or time steps. */
  related: number
}

/** Standard deviations by which a sample's trace may fall short of the whole's by chance. */
const CHANCE_DEVIATIONS = 3

/**
 * The number of independent Gaussian observations whose sample covariance has the same mean squared error
 * E‖Σ̂ − Σ‖²_F as that of the given observations. `docs/effective-observations.md` derives
 *
 *   n = N (tr(Σ)² + ‖Σ‖²_F) / (same · a + related · b)
 *
 * with a = E‖x‖⁴ − ‖Σ‖²_F and b = E⟨x, y⟩² − ‖Σ‖²_F over pairs of one example.
 * @param count number of observations N
 * @returns a number of at most count / same
 */
export function effectiveObservations(
  count: number,
  { trace, squaredNorm }: Moments,
  sample: SampleMoments,
  { same, related }: Relations,
): number {
  const most = count / same
  if (!(trace > 0) || sample.rows === 0) return most
  const fourth = fourthMoment(trace, sample)
  // Pairs are corrected as the squares are: both are large where the sample holds many of the long vectors.
  const pair = sample.pair === null || sample.fourth === 0 ? 0 : sample.pair * (fourth / sample.fourth)
  const own = Math.max(0, fourth - squaredNorm)
  const shared = Math.min(own, Math.max(0, pair - squaredNorm))
  return Math.min(most, (count * (trace ** 2 + squaredNorm)) / (same * own + related * shared))
}

/**
 * E‖x‖⁴, estimated as E‖x‖² times the sample's E‖x‖⁴ / E‖x‖². Where few vectors hold all the variance, the number of
 * them in the sample cancels out. It is at least tr(Σ)², by the inequality of Cauchy and Schwarz. A sample that lacks
 * such vectors has a trace that is too small: the missing variance then belongs to at most about one in `rows` vectors.
 */
function fourthMoment(trace: number, { rows, square, fourth }: SampleMoments): number {
  const estimate = square > 0 ? (fourth / square) * trace : 0
  const deviation = Math.sqrt(Math.max(0, fourth - square ** 2) / rows)
  const missing = Math.max(0, trace - square - CHANCE_DEVIATIONS * deviation)
  return Math.max(estimate, trace ** 2, missing ** 2 * rows)
}

/**
 * Moments of sampled rows.
 * @param rows [any × width], or [any × 2 × width] where they are pairs of one example
 * @param mean [width] of all observations
 */
export function sampleMoments(rows: Float32Array, mean: Float64Array, paired: boolean): SampleMoments {
  const width = mean.length
  const count = rows.length / width
  let [square, fourth, pair] = [0, 0, 0]
  for (let row = 0; row < count; row++) {
    const from = row * width
    const mate = paired && row % 2 === 0 ? from + width : from
    let [norm, product] = [0, 0]
    for (let i = 0; i < width; i++) {
      const x = rows[from + i]! - mean[i]!
      norm += x * x
      if (mate !== from) product += x * (rows[mate + i]! - mean[i]!)
    }
    square += norm
    fourth += norm * norm
    pair += product * product
  }
  if (count === 0) return { rows: 0, square: 0, fourth: 0, pair: null }
  return { rows: count, square: square / count, fourth: fourth / count, pair: paired ? (2 * pair) / count : null }
}
