import { minimise } from './minimise.ts'
import type { ResidualMoments } from './residualMoments.ts'
import { TailModel, type DecayLaw } from './tailModel.ts'

/** Multiple of the sketch's resolution from which on an eigenvalue is recovered individually. */
const MIN_HEAD_RATIO = 8
/** Penalty for each additional parameter of a decay law, in squared standard errors. */
const PENALTY_PER_PARAMETER = 6

// The following are the relative errors of the relations that `estimateSpectrum` describes. They were measured on
// sketches with 96 to 512 directions of known spectra.

/** Relative error of Σ λ/(λ + t) = m for the sketch itself. */
const EFFECTIVE_ERROR = 3e-4
/** Relative error of the same relation for the coarser sketches, times m − Σσ². */
const COARSER_ERROR = 0.3
/**
 * Relative errors of the moments tr R², tr R³ / tr R² and tr R⁴ / tr R³: `least` + `spread` · Σσ²/m + `clear` · Σσ³/m.
 * They grow as eigenvalues near the resolution or above it use up more of the directions.
 */
const MOMENT_ERRORS = [
  { least: 1e-3, spread: 0.02, clear: 1 },
  { least: 4e-3, spread: 0.8, clear: 2 },
  { least: 8e-3, spread: 1.6, clear: 2.5 },
] as const

/**
 * Estimates the spectrum of a sketched covariance. Eigenvalues below the sketch's resolution are known only through a
 * few numbers, and are assumed to decay by the simplest law that agrees with these.
 *
 * Let C be a covariance with eigenvalues λ. In the mean, a Gaussian sketch of m directions captures the share
 * σ = λ/(λ + t) of each eigendirection, where t solves Σ σ = m (Dereziński, Liang, Liao and Mahoney 2020, "Precise
 * expressions for random projections", arXiv 2006.10653). It follows that
 *
 * - the trace of the residual is Σ (λ − λσ) = t m, which determines t, the resolution of the sketch. The same holds for
 *   the sketches of its first m/2, m/4 and m/8 directions;
 * - an eigenvalue μ of the approximation that is well above t is about λσ, which determines λ;
 * - the rest of the trace belongs to the tail;
 * - the moments of the residual R are about tr Rᵖ = tᵖ Σ σᵖ / (1 − Σσ²/m)ᵖ⁻¹. This holds for p = 2 as m grows (Bach
 *   2023, "High-dimensional analysis of double descent", arXiv 2303.01372), and for other p if the eigenvalues of the
 *   tail are similar.
 *
 * @param values eigenvalues μ of the approximation, descending, one per direction of the sketch.
 * @param residual moments of the residual.
 * @param rank upper bound on the number of eigenvalues that are not zero.
 * @returns all eigenvalues that may differ from zero, descending.
 */
export function estimateSpectrum(values: Float64Array, residual: ResidualMoments, rank: number): Float64Array {
  const m = values.length
  const trace = values.reduceRight((a, b) => a + b, 0) + residual.trace
  const t = residual.trace / m
  const head = values
    .map((mu) => (mu + Math.sqrt(mu * (mu + 4 * t))) / 2)
    .filter((value) => value >= MIN_HEAD_RATIO * t)
  const places = Math.max(0, rank - head.length)
  const rest = trace - head.reduceRight((a, b) => a + b, 0)
  if (!(rest > 0) || places === 0) return head
  const tail = new TailModel(head.length, places, rest)
  const law = simplest((one) => misfit(head, tail, one, residual, m), places)
  const all = new Float64Array(head.length + places)
  all.set(head)
  all.set(tail.values(law), head.length)
  return all.sort().reverse()
}

/** The law that fits best; a law of two parameters is chosen only if it fits clearly better than those of one. */
function simplest(misfit: (law: DecayLaw) => number, places: number): DecayLaw {
  const flat = (end: number): DecayLaw => ({ kind: 'power', s: 0, end })
  const power = (s: number, end = places): DecayLaw => ({ kind: 'power', s, end })
  const bent = (scale: number, xi = 0): DecayLaw => ({ kind: 'bent', xi, scale })
  const ending = (end: number, xi: number): DecayLaw => ({ kind: 'bent', xi: -xi, scale: end * xi })
  const all = [1, places] as const
  const found = [
    fitOne(misfit, flat, all),
    fitOne(misfit, power, [0.02, 12]),
    fitOne(misfit, bent, all),
    fitTwo(misfit, power, [0.02, 6], all),
    fitTwo(misfit, bent, [1, 4 * places], [0.05, 2]),
    fitTwo(misfit, ending, all, [0.05, 4]),
  ]
  return found.reduce((a, b) => (b.value < a.value ? b : a)).law
}

type Range = readonly [number, number]
type Fitted = { law: DecayLaw; value: number }

function fitOne(misfit: (law: DecayLaw) => number, make: (a: number) => DecayLaw, range: Range): Fitted {
  const { at, value } = minimise((a) => misfit(make(a)), ...range)
  return { law: make(at), value }
}

function fitTwo(
  misfit: (law: DecayLaw) => number,
  make: (a: number, b: number) => DecayLaw,
  first: Range,
  second: Range,
): Fitted {
  const best = (b: number): Fitted => fitOne(misfit, (a) => make(a, b), first)
  const { law, value } = best(minimise((b) => best(b).value, ...second).at)
  return { law, value: value + PENALTY_PER_PARAMETER }
}

/** Disagreement between the residual that was observed and the one that a law predicts, in squared standard errors. */
function misfit(head: Float64Array, tail: TailModel, law: DecayLaw, residual: ResidualMoments, m: number): number {
  /** Σ σᵖ for p = 1 to 4 and a sketch with resolution t. */
  const shares = (t: number): [number, number, number, number] => {
    const sums: [number, number, number, number] = [0, 0, 0, 0]
    const add = (lambda: number, count: number): void => {
      const share = lambda / (lambda + t)
      for (let p = 0, power = share; p < sums.length; p++, power *= share) sums[p]! += count * power
    }
    for (const lambda of head) add(lambda, 1)
    tail.forEach(law, add)
    return sums
  }
  const t = residual.trace / m
  const [effective, second, third, fourth] = shares(t)
  let total = (Math.log(m / effective) / EFFECTIVE_ERROR) ** 2
  for (const { directions, trace } of residual.coarser) {
    const [shown, squares] = shares(trace / directions)
    total += (Math.log(directions / shown) / (COARSER_ERROR / Math.max(1, directions - squares))) ** 2
  }
  const grown = t / Math.max(1e-3, 1 - second / m)
  const expected = [second * t * grown, (third / second) * grown, (fourth / third) * grown]
  const observed = [residual.second, residual.third, residual.fourth]
  MOMENT_ERRORS.forEach(({ least, spread, clear }, p) => {
    const { value, error } = observed[p]!
    // A single probe has no standard error, and a residual of mere rounding has no meaningful moments.
    if (!(value > 0 && error >= 0)) return
    const relation = least + (spread * second) / m + (clear * third) / m
    total += Math.log(value / expected[p]!) ** 2 / (error ** 2 + relation ** 2)
  })
  return total
}
