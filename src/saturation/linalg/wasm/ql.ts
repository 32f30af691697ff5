import { entry, F64 } from './vectors'
import { sweepOnce, sweepTwice } from './sweeps'

/** Rounds for one eigenvalue or two; one is usual. */
const ROUNDS = 60
/** Those of two sweeps, which some matrices defeat: the second difference of three points comes out of a pair as it was. */
const PAIRS = 4
/** Unit roundoff. */
const ROUNDOFF: f64 = f64.EPSILON / 2

/**
 * Eigenvalues of a symmetric tridiagonal matrix, unsorted, in place: the root-free QL iteration (Parlett, The Symmetric
 * Eigenvalue Problem, section 8.15, as in LAPACK's dsterf), two sweeps at once.
 * @param d diagonal, becomes the eigenvalues
 * @param e [n − 1] off-diagonal, destroyed
 * @returns false when an eigenvalue did not converge
 */
export function rootFreeQl(d: usize, e: usize, n: usize): bool {
  for (let first: usize = 0; first < n;) {
    let last = first
    while (last + 1 < n && !splits(entry<f64>(d, last), load<f64>(entry<f64>(e, last)))) last++
    // The iteration starts at the small end of a graded matrix.
    if (abs(load<f64>(entry<f64>(d, last))) < abs(load<f64>(entry<f64>(d, first)))) {
      reverse(entry<f64>(d, first), entry<f64>(d, last))
      if (last > first) reverse(entry<f64>(e, first), entry<f64>(e, last - 1))
    }
    for (let i = entry<f64>(e, first); i < entry<f64>(e, last); i += F64) store<f64>(i, load<f64>(i) * load<f64>(i))
    if (!iterate(d, e, first, last)) return false
    first = last + 1
  }
  return true
}

function splits(d: usize, coupling: f64): bool {
  return abs(coupling) <= ROUNDOFF * sqrt(abs(load<f64>(d))) * sqrt(abs(load<f64>(d, F64)))
}

function reverse(from: usize, to: usize): void {
  for (; from < to; from += F64, to -= F64) {
    const entry = load<f64>(from)
    store<f64>(from, load<f64>(to))
    store<f64>(to, entry)
  }
}

/** One unreduced block; e holds squares. */
function iterate(d: usize, e: usize, first: usize, last: usize): bool {
  let rounds = 0
  for (let l = first; l <= last;) {
    let m = l
    while (
      m < last &&
      load<f64>(entry<f64>(e, m)) >
        ROUNDOFF * ROUNDOFF * abs(load<f64>(entry<f64>(d, m)) * load<f64>(entry<f64>(d, m + 1)))
    )
      m++
    if (m === l) {
      l++
      rounds = 0
      continue
    }
    // Both eigenvalues of the corner, the one nearer to its first entry before the other.
    const corner = load<f64>(entry<f64>(d, l))
    const beside = load<f64>(entry<f64>(d, l + 1))
    const coupling = sqrt(load<f64>(entry<f64>(e, l)))
    const ratio = (beside - corner) / (2 * coupling)
    const root = abs(ratio) > 1e150 ? abs(ratio) : sqrt(ratio * ratio + 1)
    const apart = coupling / (ratio + (ratio < 0 ? -root : root))
    if (m === l + 1) {
      store<f64>(entry<f64>(d, l), corner - apart)
      store<f64>(entry<f64>(d, m), beside + apart)
      l += 2
      rounds = 0
      continue
    }
    if (++rounds > ROUNDS) return false
    const length = (m - l) * F64
    // One sweep at a time, with the nearer one as its shift, converges always (Wilkinson 1968).
    if (rounds > PAIRS) sweepOnce(entry<f64>(d, l), entry<f64>(e, l), length, corner - apart)
    else sweepTwice(entry<f64>(d, l), entry<f64>(e, l), length, corner - apart, beside + apart)
  }
  return true
}
