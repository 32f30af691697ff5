import type { Approximation } from './nystrom.ts'

/** What is known of the residual R = C − Ĉ of a sketch. */
export interface Missed {
  /** tr R, exact. */
  trace: number
  /** Estimates of tr R² and of the ratios tr R³ / tr R² and tr R⁴ / tr R³, with their relative standard errors. */
  second: Estimate
  third: Estimate
  fourth: Estimate
  /** What sketches of fewer directions would have missed. */
  coarser: { directions: number; trace: number }[]
}

interface Estimate {
  value: number
  error: number
}

/** Parts of the directions whose sketches are looked at as well. */
const COARSER = [2, 4, 8]

/**
 * Moments of the residual. A probe's |Rψ|² has the mean tr R²; of two independent probes (ψᵀRφ)², (ψᵀRφ)(ψᵀR²φ) and
 * (ψᵀR²φ)² have the means tr R², tr R³ and tr R⁴ (Kong and Valiant 2017, "Spectrum estimation from samples", arXiv
 * 1602.00061). Their ratios hardly depend on the probes where R's eigenvalues are alike. Errors by the jackknife.
 */
export function missedOf({ gram, once, twice }: Approximation, trace: number, directions: number): Missed {
  const probes = Math.sqrt(once.length)
  const rows = Array.from({ length: probes }, (_, i) => {
    let [aa, ab, bb] = [0, 0, 0]
    for (let j = 0; j < probes; j++) {
      if (j === i) continue
      const [a, b] = [once[i * probes + j]!, twice[i * probes + j]!]
      aa += a * a
      ab += a * b
      bb += b * b
    }
    return [twice[i * (probes + 1)]!, aa, ab, bb] as const
  })
  const total = [0, 1, 2, 3].map((c) => rows.reduce((sum, row) => sum + row[c]!, 0))
  const estimates = ([square, aa, ab, bb]: number[], count: number) => [square! / count, ab! / aa!, bb! / ab!]
  const all = estimates(total, probes)
  // A pair of probes is in the rows of both.
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
    trace: missedBy(gram, directions, directions, trace),
    second,
    third,
    fourth,
    coarser: coarser(gram, directions, trace),
  }
}

/** The first columns of F are the approximation that a sketch of as many directions makes. */
function missedBy(gram: Float64Array, directions: number, columns: number, trace: number): number {
  let left = trace
  for (let c = 0; c < columns; c++) left -= gram[c * (directions + 1)]!
  return Math.max(0, left)
}

function coarser(gram: Float64Array, directions: number, trace: number): Missed['coarser'] {
  return COARSER.map((part) => Math.floor(directions / part))
    .filter((columns) => columns > 0)
    .map((columns) => ({ directions: columns, trace: missedBy(gram, directions, columns, trace) }))
}
