import { leastOf } from './minimise.ts'
import type { Missed } from './residualMoments.ts'
import { TailLaw, type Law } from './tailModel.ts'

/** An eigenvalue is known one by one where it exceeds the sketch's resolution this many times. */
const CLEAR = 8
/** Squared standard errors by which a law has to fit better for each parameter that it has more. */
const PER_PARAMETER = 6

/**
 * Relative errors of the relations below, of sketches with 96 to 512 directions of spectra that are known: of Σ λ/(λ + t)
 * = m, and of the moments, which grow as more of the directions are used up by eigenvalues near the resolution or above.
 */
const OF_EFFECTIVE = 3e-4
const OF_COARSER = 0.3
const OF_MOMENTS = [
  { least: 1e-3, spread: 0.02, clear: 1 },
  { least: 4e-3, spread: 0.8, clear: 2 },
  { least: 8e-3, spread: 1.6, clear: 2.5 },
] as const

/**
 * The spectrum that a sketch most plausibly comes from. An estimate: what lies below the sketch's resolution is known by a
 * few numbers, and is taken to fall by the simplest law that they do not contradict.
 *
 * Of a covariance C with eigenvalues λ, a Gaussian sketch of m directions shows each direction's share σ = λ/(λ + t) in
 * the mean, t being the solution of Σ σ = m (Dereziński, Liang, Liao and Mahoney 2020, "Precise expressions for random
 * projections", arXiv 2006.10653). So
 *
 * - what the approximation misses is Σ λ − λσ = t m, which tells t, the sketch's resolution; the same of its first m/2,
 *   m/4 and m/8 directions;
 * - an eigenvalue μ of the approximation that stands clear of t has become λσ, which tells λ;
 * - the rest of the trace belongs to the tail;
 * - the residual R has about the moments tr Rᵖ = tᵖ Σ σᵖ / (1 − Σσ²/m)ᵖ⁻¹: for p = 2 as m grows (Bach 2023, "High-
 *   dimensional analysis of double descent", arXiv 2303.01372), for others where the tail's eigenvalues are alike.
 *
 * @param values eigenvalues μ of the approximation, descending, as many as the sketch has directions.
 * @param rank most eigenvalues that can differ from zero.
 * @returns descending.
 */
export function sketchSpectrum(values: Float64Array, missed: Missed, rank: number): Float64Array {
  const m = values.length
  const trace = values.reduceRight((a, b) => a + b, 0) + missed.trace
  const t = missed.trace / m
  const head = values.map((mu) => (mu + Math.sqrt(mu * (mu + 4 * t))) / 2).filter((value) => value >= CLEAR * t)
  const places = Math.max(0, rank - head.length)
  const rest = trace - head.reduceRight((a, b) => a + b, 0)
  if (!(rest > 0) || places === 0) return head
  const tail = new TailLaw(head.length, places, rest)
  const law = simplest((one) => misfit(head, tail, one, missed, m), places)
  const all = new Float64Array(head.length + places)
  all.set(head)
  all.set(tail.values(law), head.length)
  return all.sort().reverse()
}

/** The law that fits best, those of two parameters only where they fit clearly better. */
function simplest(misfit: (law: Law) => number, places: number): Law {
  const flat = (end: number): Law => ({ kind: 'power', s: 0, end })
  const power = (s: number, end = places): Law => ({ kind: 'power', s, end })
  const bent = (scale: number, xi = 0): Law => ({ kind: 'bent', xi, scale })
  const ending = (end: number, xi: number): Law => ({ kind: 'bent', xi: -xi, scale: end * xi })
  const all = [1, places] as const
  const found = [
    ofOne(misfit, flat, all),
    ofOne(misfit, power, [0.02, 12]),
    ofOne(misfit, bent, all),
    ofTwo(misfit, power, [0.02, 6], all),
    ofTwo(misfit, bent, [1, 4 * places], [0.05, 2]),
    ofTwo(misfit, ending, all, [0.05, 4]),
  ]
  return found.reduce((a, b) => (b.value < a.value ? b : a)).law
}

type Range = readonly [number, number]
type Fitted = { law: Law; value: number }

function ofOne(misfit: (law: Law) => number, make: (a: number) => Law, range: Range): Fitted {
  const { at, value } = leastOf((a) => misfit(make(a)), ...range)
  return { law: make(at), value }
}

function ofTwo(misfit: (law: Law) => number, make: (a: number, b: number) => Law, first: Range, second: Range): Fitted {
  const best = (b: number): Fitted => ofOne(misfit, (a) => make(a, b), first)
  const { law, value } = best(leastOf((b) => best(b).value, ...second).at)
  return { law, value: value + PER_PARAMETER }
}

/** How little what was observed fits a tail, in squared standard errors. */
function misfit(head: Float64Array, tail: TailLaw, law: Law, missed: Missed, m: number): number {
  /** Σ σᵖ for p = 1 to 4, of a sketch with the resolution t. */
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
  const t = missed.trace / m
  const [effective, second, third, fourth] = shares(t)
  let total = (Math.log(m / effective) / OF_EFFECTIVE) ** 2
  for (const { directions, trace } of missed.coarser) {
    const [shown, squares] = shares(trace / directions)
    total += (Math.log(directions / shown) / (OF_COARSER / Math.max(1, directions - squares))) ** 2
  }
  const grown = t / Math.max(1e-3, 1 - second / m)
  const expected = [second * t * grown, (third / second) * grown, (fourth / third) * grown]
  const observed = [missed.second, missed.third, missed.fourth]
  OF_MOMENTS.forEach(({ least, spread, clear }, p) => {
    const { value, error } = observed[p]!
    // Nothing is known by a single probe, or where rounding is all that is missed.
    if (!(value > 0 && error >= 0)) return
    const relation = least + (spread * second) / m + (clear * third) / m
    total += Math.log(value / expected[p]!) ** 2 / (error ** 2 + relation ** 2)
  })
  return total
}
