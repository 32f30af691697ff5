import type { NystromApproximation } from './nystrom.ts'

/** Moments of the residual R = C − Ĉ of a Nyström approximation. */
export interface ResidualMoments {
  /** tr R, exact. */
  trace: number
  /** Estimate of tr R². */
  second: Estimate
  /** Estimate of tr R³ / tr R². */
  third: Estimate
  /** Estimate of tr R⁴ / tr R³. */
  fourth: Estimate
  /** Traces of the residuals that sketches of fewer directions would have had. */
  coarser: { directions: number; trace: number }[]
}

interface Estimate {
  value: number
  /** Relative standard error. */
  error: number
}

/** Divisors of the number of directions that give the coarser sketches. */
const COARSER_BY = [2, 4, 8]

/**
 * Estimates the moments of the residual. For a probe ψ, the mean of |Rψ|² is tr R². For two independent probes ψ and φ,
 * the means of (ψᵀRφ)², (ψᵀRφ)(ψᵀR²φ) and (ψᵀR²φ)² are tr R², tr R³ and tr R⁴ (Kong and Valiant 2017, "Spectrum
 * estimation from samples", arXiv 1602.00061). The ratios of these hardly depend on the probes when the eigenvalues of
 * R are similar. The standard errors come from the jackknife.
 */
export function residualMoments(
  { gram, residualProducts, residualSquareProducts }: NystromApproximation,
  trace: number,
  directions: number,
): ResidualMoments {
  const probes = Math.sqrt(residualProducts.length)
  const rows = Array.from({ length: probes }, (_, i) => {
    let [aa, ab, bb] = [0, 0, 0]
    for (let j = 0; j < probes; j++) {
      if (j === i) continue
      const [a, b] = [residualProducts[i * probes + j]!, residualSquareProducts[i * probes + j]!]
      aa += a * a
      ab += a * b
      bb += b * b
    }
    return [residualSquareProducts[i * (probes + 1)]!, aa, ab, bb] as const
  })
  const total = [0, 1, 2, 3].map((c) => rows.reduce((sum, row) => sum + row[c]!, 0))
  const estimates = ([square, aa, ab, bb]: number[], count: number) => [square! / count, ab! / aa!, bb! / ab!]
  const all = estimates(total, probes)
  // Each pair of probes is counted in the rows of both, so leaving out a row removes its terms twice.
  const without = rows.map((row) =>
    estimates(
      total.map((sum, c) => sum - (c === 0 ? 1 : 2) * row[c]!),
      probes - 1,
    ),
  )
  const [second, third, fourth] = all.map((value, c) => {
    const squares = without.reduce((sum, one) => sum + Math.log(one[c]! / value) ** 2, 0)
    return { value, error: Math.sqrt((squares * (probes - 1)) / probes) }
  }) as [Estimate, Estimate, Estimate]
  return {
    trace: residualTrace(gram, directions, directions, trace),
    second,
    third,
    fourth,
    coarser: coarser(gram, directions, trace),
  }
}

/** Trace of the residual of a sketch with `columns` directions, whose F is the first columns of this one. */
function residualTrace(gram: Float64Array, directions: number, columns: number, trace: number): number {
  let left = trace
  for (let c = 0; c < columns; c++) left -= gram[c * (directions + 1)]!
  return Math.max(0, left)
}

function coarser(gram: Float64Array, directions: number, trace: number): ResidualMoments['coarser'] {
  return COARSER_BY.map((divisor) => Math.floor(directions / divisor))
    .filter((columns) => columns > 0)
    .map((columns) => ({ directions: columns, trace: residualTrace(gram, directions, columns, trace) }))
}
