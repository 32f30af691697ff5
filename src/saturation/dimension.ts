/**
 * Smallest k such that the k largest eigenvalues hold at least `delta` of their total: the dimension of the
 * eigenspace that saturation is defined by (arXiv 2006.08679, section 3).
 *
 * The sum is taken from the small end, so that a long tail of tiny eigenvalues is not lost against the large ones:
 * k is the smallest count whose *remainder* is at most (1 − delta) of the total.
 *
 * @param eigenvalues descending; rounding below zero counts as zero. May be a head, with `rest` the sum left out.
 * @param delta share of variance to hold, in (0, 1].
 * @param rest sum of eigenvalues smaller than those given; when k would have to reach into it, the head's length + 1 is returned.
 * @returns 0 when the total is zero.
 * @throws RangeError when delta is outside (0, 1].
 */
export function dimension(eigenvalues: ArrayLike<number>, delta: number, rest = 0): number {
  if (!(delta > 0 && delta <= 1)) throw new RangeError(`delta must be in (0, 1], got ${delta}`)
  const n = eigenvalues.length
  const remainder = new Float64Array(n + 1)
  remainder[n] = Math.max(0, rest)
  for (let i = n - 1; i >= 0; i--) remainder[i] = (remainder[i + 1] ?? 0) + Math.max(0, eigenvalues[i] ?? 0)
  const total = remainder[0] ?? 0
  if (total === 0) return 0
  // delta × total as a remainder; the relative slack of a few ulps keeps 64 equal values at 63/64 from needing 64.
  const allowed = (1 - delta) * total + total * 4 * Number.EPSILON
  for (let k = 1; k <= n; k++) if ((remainder[k] ?? 0) <= allowed) return k
  return n + 1
}
