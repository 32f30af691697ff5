/**
 * A curve of bounded length over an unbounded run: when full, every other point is dropped and from then on only
 * every second one is kept, so the whole run stays visible at an even resolution. Plain data, because it is sent to
 * views as part of the run's state and folded on there.
 */
export interface Series {
  x: number[]
  /** null marks a value that was not finite; charts break the line there. */
  y: (number | null)[]
  /** A point is kept every `stride` offers. */
  stride: number
  /** Points offered since the last kept one. */
  skipped: number
}

const CAPACITY = 1024

/** An empty curve. */
export function emptySeries(): Series {
  return { x: [], y: [], stride: 1, skipped: 0 }
}

/** Adds a point; O(1) amortised, at most 1,024 points are held. */
export function addPoint(series: Series, x: number, y: number | null): void {
  series.skipped++
  if (series.skipped < series.stride && series.x.length > 0) return
  series.skipped = 0
  series.x.push(x)
  series.y.push(y)
  if (series.x.length < CAPACITY) return
  series.x = series.x.filter((_, i) => i % 2 === 0)
  series.y = series.y.filter((_, i) => i % 2 === 0)
  // The point just dropped lies one old stride behind the last that is left.
  series.skipped = series.stride
  series.stride *= 2
}
