/** A tie decided by rounding is decided for the smaller k: a few units in the last place of the total. */
const SLACK = 4 * Number.EPSILON

/**
 * Smallest k such that the k largest eigenvalues hold at least `delta` of their total: the dimension of the
 * eigenspace that saturation is defined by (arXiv 2006.08679, section 3).
 *
 * The sum is taken from the small end, so that a long tail of tiny eigenvalues is not lost against the large ones:
 * k is the smallest count whose *remainder* is at most (1 − delta) of the total.
 *
 * @param eigenvalues descending; rounding below zero keeps its sign, so that the total is the trace. May be a head, with
 *   `rest` the sum left out.
 * @param delta share of variance to hold, in (0, 1].
 * @param rest sum of eigenvalues smaller than those given; when k would have to reach into it, the head's length + 1 is returned.
 * @returns 0 when the total is not above zero.
 * @throws RangeError when delta is outside (0, 1].
 */
export function dimension(eigenvalues: ArrayLike<number>, delta: number, rest = 0): number {
  checkDelta(delta)
  const n = eigenvalues.length
  const remainder = remainders(eigenvalues, rest)
  const total = remainder[0]!
  if (!(total > 0)) return 0
  const allowed = (1 - delta) * total + total * SLACK
  for (let k = 1; k <= n; k++) if (remainder[k]! <= allowed) return k
  return n + 1
}

/**
 * k as delve counts it (`compute_intrinsic_dimensionality`, version 0.1.50), for comparison with results obtained by
 * it: the number of cumulative shares below delta, at least 1, plus one only when more than 0.02 are missing then.
 * Usually one below the definition.
 * @param eigenvalues all of them, descending; rounding below zero keeps its sign.
 * @returns 0 when the total is not above zero, where delve reports 1.
 * @throws RangeError when delta is outside (0, 1].
 */
export function delveDimension(eigenvalues: ArrayLike<number>, delta: number): number {
  checkDelta(delta)
  const n = eigenvalues.length
  const remainder = remainders(eigenvalues, 0)
  const total = remainder[0]!
  if (!(total > 0)) return 0
  let k = 0
  while (k < n && remainder[k + 1]! / total > 1 - delta + SLACK) k++
  if (k === 0) return 1
  return remainder[k]! / total - (1 - delta) > 0.02 ? k + 1 : k
}

/** @returns [n + 1] sum of the eigenvalues from each place on, summed with compensation (Neumaier 1974). */
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

/** @throws RangeError when delta is no share in (0, 1]. */
export function checkDelta(delta: number): void {
  if (!(delta > 0 && delta <= 1)) throw new RangeError(`delta must be in (0, 1], got ${delta}`)
}
