/**
 * All eigenvalues of a real symmetric matrix, values only: Householder reduction to tridiagonal form, then the
 * implicit QL iteration (Golub and Van Loan, Matrix Computations, 4th ed., sections 8.3.1 and 8.3.3; the sweep
 * follows EISPACK's `imtql1`). Both steps are backward stable: errors are of the order of machine epsilon times the
 * largest eigenvalue.
 *
 * @param matrix [n × n] row-major, symmetric; only the lower triangle is read, and it is overwritten.
 * @returns [n] eigenvalues, descending.
 * @throws RangeError when the length is not n².
 * @throws Error when an entry is NaN or infinite, or the iteration does not converge (64 sweeps for one eigenvalue).
 */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} entries are not a ${n} × ${n} matrix`)
  let largest = 0
  for (const entry of matrix) {
    if (!Number.isFinite(entry)) throw new Error('the matrix has an entry that is not finite')
    largest = Math.max(largest, Math.abs(entry))
  }
  if (largest === 0) return new Float64Array(n)
  // A power of two loses nothing and keeps squares of denormals or of 1e200 in range.
  const scale = 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest))))
  for (let i = 0; i < matrix.length; i++) matrix[i]! /= scale
  const { diagonal, offDiagonal } = tridiagonalise(matrix, n)
  implicitQl(diagonal, offDiagonal)
  for (let i = 0; i < n; i++) diagonal[i]! *= scale
  return diagonal.sort().reverse()
}

/** Householder reflections from the last row up; the lower triangle of `a` is destroyed. */
function tridiagonalise(a: Float64Array, n: number): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const diagonal = new Float64Array(n)
  const offDiagonal = new Float64Array(n)
  const v = new Float64Array(n)
  const p = new Float64Array(n)
  for (let i = n - 1; i >= 1; i--) {
    const row = i * n
    diagonal[i] = a[row + i]!
    let rest = 0
    for (let k = 0; k < i - 1; k++) rest = Math.max(rest, Math.abs(a[row + k]!))
    if (rest === 0) {
      offDiagonal[i] = a[row + i - 1]!
      continue
    }
    // The reflection does not depend on the length of v; at length ~1 the squares of tiny rows do not underflow.
    const size = Math.max(rest, Math.abs(a[row + i - 1]!))
    let squares = 0
    for (let k = 0; k < i; k++) {
      v[k] = a[row + k]! / size
      squares += v[k]! * v[k]!
    }
    const last = v[i - 1]!
    const norm = Math.sqrt(squares)
    const alpha = last > 0 ? -norm : norm
    offDiagonal[i] = alpha * size
    v[i - 1]! -= alpha
    const h = squares - last * alpha // |v|² / 2
    multiplyLower(a, n, i, v, p)
    let vp = 0
    for (let k = 0; k < i; k++) vp += v[k]! * (p[k]! /= h)
    const correction = vp / (2 * h)
    for (let k = 0; k < i; k++) p[k]! -= correction * v[k]!
    for (let r = 0; r < i; r++) {
      const vr = v[r]!
      const pr = p[r]!
      const at = r * n
      for (let c = 0; c <= r; c++) a[at + c]! -= vr * p[c]! + pr * v[c]!
    }
  }
  diagonal[0] = a[0]!
  return { diagonal, offDiagonal }
}

/** p = A v for the leading m × m block of a symmetric matrix given by its lower triangle; rows only, for the cache. */
function multiplyLower(a: Float64Array, n: number, m: number, v: Float64Array, p: Float64Array): void {
  for (let r = 0; r < m; r++) {
    const at = r * n
    const vr = v[r]!
    let sum = a[at + r]! * vr
    for (let c = 0; c < r; c++) {
      const entry = a[at + c]!
      sum += entry * v[c]!
      p[c]! += entry * vr
    }
    p[r] = sum
  }
}

/** Diagonalises in place; `e[i]` couples i − 1 and i. */
function implicitQl(d: Float64Array, e: Float64Array): void {
  const n = d.length
  e.copyWithin(0, 1)
  e[n - 1] = 0
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++
      if (m === l) break
      if (sweep === 64) throw new Error(`eigenvalue ${l} did not converge`)
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!)
      let r = Math.hypot(g, 1)
      g = d[m]! - d[l]! + e[l]! / (g + (g < 0 ? -r : r))
      let s = 1
      let c = 1
      let shift = 0
      let split = false
      for (let i = m - 1; i >= l; i--) {
        const f = s * e[i]!
        const b = c * e[i]!
        r = Math.hypot(f, g)
        e[i + 1] = r
        if (r === 0) {
          d[i + 1]! -= shift
          e[m] = 0
          split = true
          break
        }
        s = f / r
        c = g / r
        g = d[i + 1]! - shift
        const t = (d[i]! - g) * s + 2 * c * b
        shift = s * t
        d[i + 1] = g + shift
        g = c * t - b
      }
      if (split) continue
      d[l]! -= shift
      e[l] = g
      e[m] = 0
    }
  }
}
