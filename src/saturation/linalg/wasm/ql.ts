import { entry, F64 } from './vectors'
import { sweepOnce, sweepTwice } from './sweeps'

/** Most iterations until the next eigenvalue, or the next two, converge. One is typical. */
const MAX_ITERATIONS = 60
/**
 * Most of these iterations that consist of two sweeps. For some matrices pairs of sweeps never converge: they leave the
 * matrix of the second difference of three points unchanged.
 */
const MAX_DOUBLE_SWEEPS = 4
/** Unit roundoff. */
const ROUNDOFF: f64 = f64.EPSILON / 2

/**
 * Computes the eigenvalues of a symmetric tridiagonal matrix in place, unsorted, by the root-free QL iteration
 * (Parlett, The Symmetric Eigenvalue Problem, section 8.15, as in LAPACK's dsterf). Two sweeps run at once.
 * @param d [n] diagonal, overwritten by the eigenvalues
 * @param e [n − 1] off-diagonal, overwritten
 * @returns false when an eigenvalue did not converge
 */
export function rootFreeQl(d: usize, e: usize, n: usize): bool {
  for (let first: usize = 0; first < n;) {
    let last = first
    while (last + 1 < n && !splits(entry<f64>(d, last), load<f64>(entry<f64>(e, last)))) last++
    // For a graded matrix, the iteration has to start at the end with the small entries.
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

/**
 * Whether an off-diagonal entry is negligible beside its two neighbours on the diagonal, so that the matrix splits
 * there.
 */
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

/** Iterates on one unreduced block until its eigenvalues converge. e holds the squares of the off-diagonal. */
function iterate(d: usize, e: usize, first: usize, last: usize): bool {
  let iterations = 0
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
      iterations = 0
      continue
    }
    // The eigenvalues of the leading 2 × 2 block are corner − apart, the one nearer to the corner, and beside + apart.
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
      iterations = 0
      continue
    }
    if (++iterations > MAX_ITERATIONS) return false
    const length = (m - l) * F64
    // A single sweep whose shift is the eigenvalue nearer to the corner always converges (Wilkinson 1968).
    if (iterations > MAX_DOUBLE_SWEEPS) sweepOnce(entry<f64>(d, l), entry<f64>(e, l), length, corner - apart)
    else sweepTwice(entry<f64>(d, l), entry<f64>(e, l), length, corner - apart, beside + apart)
  }
  return true
}
