import { gaussian } from '../../src/saturation/linalg/gaussian.ts'

/** A dense matrix with these eigenvalues, exact up to rounding, made from a diagonal one by random reflections. */
export function rotated(values: Float64Array, seed: number, reflections = 4): Float64Array {
  const n = values.length
  const directions = gaussian(reflections * n, seed)
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) a[i * n + i] = values[i]!
  for (let times = 0; times < reflections; times++) {
    // v defines the reflection that maps the first unit vector to a random direction.
    const v = Float64Array.from(directions.subarray(times * n, (times + 1) * n))
    const norm = Math.hypot(...v)
    for (let i = 0; i < n; i++) v[i] = (i === 0 ? 1 : 0) - v[i]! / norm
    reflect(a, v)
  }
  return a
}

/** A ← HAH with H = I − 2vvᵀ / |v|², in place. The result is exactly symmetric. */
function reflect(a: Float64Array, v: Float64Array): void {
  const n = v.length
  const length = Math.hypot(...v)
  if (length === 0) return
  const u = v.map((x) => (x / length) * Math.SQRT2)
  const w = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) w[i]! += a[i * n + j]! * u[j]!
  let half = 0
  for (let i = 0; i < n; i++) half += (u[i]! * w[i]!) / 2
  for (let i = 0; i < n; i++) w[i]! -= half * u[i]!
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = a[i * n + j]! - u[i]! * w[j]! - w[i]! * u[j]!
}
