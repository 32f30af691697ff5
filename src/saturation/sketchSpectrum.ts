/** An eigenvalue is known one by one where it exceeds the sketch's resolution this many times. */
const CLEAR = 8
/** Steepest decay of the tail that is told from one that ends at once. */
const STEEPEST = 20
const HALVINGS = 50

/**
 * The spectrum that a sketch most plausibly comes from. An estimate: what lies below the sketch's resolution is known by
 * two numbers, and is taken to fall like a power of its place.
 *
 * Of a covariance C with eigenvalues λ, a Gaussian sketch of m directions shows each direction's share λ/(λ + t) in the
 * mean, t being the solution of Σ λ/(λ + t) = m (Dereziński, Liang, Liao and Mahoney 2020, "Precise expressions for random
 * projections", arXiv 2006.10653). So
 *
 * - what the approximation misses is Σ λ − λ²/(λ + t) = t m, which tells t, the sketch's resolution;
 * - an eigenvalue μ of the approximation that stands clear of it has become λ²/(λ + t), which tells λ;
 * - the rest of the trace, and the rest of m, are two equations for c and s of a tail λᵢ = c i⁻ˢ.
 *
 * @param values eigenvalues μ of the approximation, descending, as many as the sketch has directions.
 * @param missed trace that the approximation misses.
 * @param rank most eigenvalues that can differ from zero.
 * @returns descending.
 */
export function sketchSpectrum(values: Float64Array, missed: number, rank: number): Float64Array {
  const m = values.length
  const trace = values.reduceRight((a, b) => a + b, 0) + missed
  const t = missed / m
  const head = values.map((mu) => (mu + Math.sqrt(mu * (mu + 4 * t))) / 2).filter((value) => value >= CLEAR * t)
  const places = Math.max(0, rank - head.length)
  const rest = trace - head.reduceRight((a, b) => a + b, 0)
  if (!(rest > 0) || places === 0) return head
  const effective = m - head.reduce((sum, value) => sum + value / (value + t), 0)
  const logs = Float64Array.from({ length: places }, (_, i) => Math.log(head.length + 1 + i))
  const tail = new Float64Array(places)
  let [flat, steep] = [0, STEEPEST]
  for (let n = 0; n < HALVINGS; n++) {
    const s = (flat + steep) / 2
    fall(tail, logs, s, rest)
    // The more the tail's trace lies in few directions, the fewer of them the sketch has seen.
    if (tail.reduce((sum, value) => sum + value / (value + t), 0) > effective) flat = s
    else steep = s
  }
  const all = new Float64Array(head.length + places)
  all.set(head)
  all.set(tail, head.length)
  return all.sort().reverse()
}

/** Sets the tail to c i⁻ˢ with the given sum. */
function fall(tail: Float64Array, logs: Float64Array, s: number, sum: number): void {
  let total = 0
  for (let i = 0; i < tail.length; i++) total += tail[i] = Math.exp(s * (logs[0]! - logs[i]!))
  for (let i = 0; i < tail.length; i++) tail[i]! *= sum / total
}
