/**
 * A curve of bounded length over a run of any length. When it is full, every other point is dropped, and from then on
 * only half as many of the new points are kept. So the curve covers the whole run at an even resolution. It is plain
 * data, because views get it as part of the run's state and continue the fold.
 */
export interface Series {
  x: number[]
  /** Null for a value that was not finite; charts interrupt the line there. */
  y: (number | null)[]
  /** One of `stride` added points is kept. */
  stride: number
  /** Points added since the last one that was kept. */
  skipped: number
}

/** Points at which a curve is thinned out. */
const MAX_POINTS = 1024

/** An empty curve. */
export function emptySeries(): Series {
  return { x: [], y: [], stride: 1, skipped: 0 }
}

/** Adds a point in amortised O(1); the curve has fewer than `MAX_POINTS` points afterwards. */
export function addPoint(series: Series, x: number, y: number | null): void {
  series.skipped++
  if (series.skipped < series.stride && series.x.length > 0) return
  series.skipped = 0
  series.x.push(x)
  series.y.push(y)
  if (series.x.length < MAX_POINTS) return
  series.x = series.x.filter((_, i) => i % 2 === 0)
  series.y = series.y.filter((_, i) => i % 2 === 0)
  // The last point was just dropped. It lies one old stride after the last point that remains.
  series.skipped = series.stride
  series.stride *= 2
}
