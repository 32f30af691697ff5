/** Share of the total, a few units in the last place, by which rounding may miss delta: a tie goes to the smaller k. */
const TIE_TOLERANCE = 4 * Number.EPSILON

/**
 * Smallest k such that the k largest eigenvalues hold at least `delta` of their total: the dimension of the eigenspace
 * in the definition of saturation (arXiv 2006.08679, section 3).
 *
 * Sums start at the smallest eigenvalue, so that a long tail of tiny eigenvalues is not lost in rounding: k is the
 * smallest count for which the *remaining* eigenvalues hold at most (1 − delta) of the total.
 *
 * @param eigenvalues descending, all of them or only the largest. Negative ones, which come from rounding, keep their
 *   sign, so that the total is the trace.
 * @param delta share of the variance that k eigenvalues have to hold, in (0, 1].
 * @param rest sum of the smaller eigenvalues that `eigenvalues` lacks.
 * @returns 0 when the total is not positive, and the number of eigenvalues + 1 when k would have to include some of
 *   `rest`.
 * @throws RangeError when delta is outside (0, 1].
 */
export function dimension(eigenvalues: ArrayLike<number>, delta: number, rest = 0): number {
  checkDelta(delta)
  const n = eigenvalues.length
  const remainder = remainders(eigenvalues, rest)
  const total = remainder[0]!
  if (!(total > 0)) return 0
  const allowed = (1 - delta) * total + total * TIE_TOLERANCE
  for (let k = 1; k <= n; k++) if (remainder[k]! <= allowed) return k
  return n + 1
}

/**
 * k as delve counts it (`compute_intrinsic_dimensionality`, version 0.1.50), for comparison with delve's results: the
 * number of cumulative shares below delta, at least 1, and one more only if these eigenvalues fall short of delta by
 * more than 0.02. This is usually one less than by the definition.
 * @param eigenvalues all of them, descending. Negative ones, which come from rounding, keep their sign.
 * @returns 0 when the total is not positive; delve reports 1 then.
 * @throws RangeError when delta is outside (0, 1].
 */
export function delveDimension(eigenvalues: ArrayLike<number>, delta: number): number {
  checkDelta(delta)
  const n = eigenvalues.length
  const remainder = remainders(eigenvalues, 0)
  const total = remainder[0]!
  if (!(total > 0)) return 0
  let k = 0
  while (k < n && remainder[k + 1]! / total > 1 - delta + TIE_TOLERANCE) k++
  if (k === 0) return 1
  return remainder[k]! / total - (1 - delta) > 0.02 ? k + 1 : k
}

/** @returns [n + 1] sums of the eigenvalues from each index on, by compensated summation (Neumaier 1974). */
function remainders(eigenvalues: ArrayLike<number>, rest: number): Float64Array {
  const n = eigenvalues.length
  const remainder = new Float64Array(n + 1)
  let sum = (remainder[n] = rest)
  let lost = 0
  for (let i = n - 1; i >= 0; i--) {
    const value = eigenvalues[i]!
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
    remainder[i] = sum + lost
  }
  return remainder
}

/** @throws RangeError when delta is outside (0, 1]. */
export function checkDelta(delta: number): void {
  if (!(delta > 0 && delta <= 1)) throw new RangeError(`delta must be in (0, 1], got ${delta}`)
}
