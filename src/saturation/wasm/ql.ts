import { entry, F64 } from './vectors'

/** Sweeps for one eigenvalue; two are usual. */
const SWEEPS = 60
/** Unit roundoff. */
const ROUNDOFF: f64 = f64.EPSILON / 2

/**
 * Eigenvalues of a symmetric tridiagonal matrix, unsorted, in place: the root-free QL iteration (Parlett, The Symmetric
 * Eigenvalue Problem, section 8.15, as in LAPACK's dsterf).
 * @param d diagonal, becomes the eigenvalues
 * @param e [n − 1] off-diagonal, destroyed
 * @returns false when an eigenvalue did not converge
 */
export function rootFreeQl(d: usize, e: usize, n: usize): bool {
  for (let first: usize = 0; first < n;) {
    let last = first
    while (last + 1 < n && !splits(entry(d, last), load<f64>(entry(e, last)))) last++
    // The iteration starts at the small end of a graded matrix.
    if (abs(load<f64>(entry(d, last))) < abs(load<f64>(entry(d, first)))) {
      reverse(entry(d, first), entry(d, last))
      if (last > first) reverse(entry(e, first), entry(e, last - 1))
    }
    for (let i = entry(e, first); i < entry(e, last); i += F64) store<f64>(i, load<f64>(i) * load<f64>(i))
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
  let sweeps = 0
  for (let l = first; l <= last;) {
    let m = l
    while (
      m < last &&
      load<f64>(entry(e, m)) > ROUNDOFF * ROUNDOFF * abs(load<f64>(entry(d, m)) * load<f64>(entry(d, m + 1)))
    )
      m++
    if (m < last) store<f64>(entry(e, m), 0)
    if (m === l) {
      l++
      sweeps = 0
      continue
    }
    if (++sweeps > SWEEPS) return false
    sweep(entry(d, l), entry(e, l), (m - l) * F64)
  }
  return true
}

/** One sweep over entries l … m, `length` bytes apart. */
function sweep(d: usize, e: usize, length: usize): void {
  const corner = load<f64>(d)
  const coupling = sqrt(load<f64>(e))
  const ratio = (load<f64>(d, F64) - corner) / (2 * coupling)
  const root = abs(ratio) > 1e150 ? abs(ratio) : sqrt(ratio * ratio + 1)
  const shift = corner - coupling / (ratio + (ratio < 0 ? -root : root))
  let gamma = load<f64>(d + length) - shift
  let p = gamma * gamma
  let c = 1.0
  let s = 0.0
  for (let at = length; at > 0; at -= F64) {
    const square = load<f64>(e + at - F64)
    const r = p + square
    // The sweep's first value goes where there is no coupling.
    if (at < length) store<f64>(e + at, s * r)
    const before = gamma
    const alpha = load<f64>(d + at - F64)
    if (p > 1e-280 * square) {
      // dsterf divides twice one after the other: c = p / r, p = gamma² / c. Here the three divisions overlap.
      const q = alpha - shift - (square / p) * before
      c = p / r
      s = square / r
      gamma = c * q
      p = gamma * q
    } else {
      p = c * square
      c = 0
      s = 1
      gamma = -before
    }
    store<f64>(d + at, before + (alpha - gamma))
  }
  store<f64>(e, s * p)
  store<f64>(d, shift + gamma)
}
