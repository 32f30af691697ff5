const range = (from: number, to: number, step: number, digits: number): number[] =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => Number((from + i * step).toFixed(digits)))

/** Shares of the variance at which networks are tried, descending from 1 (the grid of arXiv 2006.08679's experiments). */
export const DELTA_GRID: readonly number[] = [
  ...range(0.9, 0.99, 0.01, 2),
  ...range(0.992, 0.998, 0.002, 3),
  ...range(0.999, 0.9999, 0.0001, 4),
  1,
].reverse()

/** Those at which each single layer is tried where there is no time for all. */
export const COARSE_GRID: readonly number[] = [1, 0.9999, 0.999, 0.996, 0.99, 0.95, 0.9]
