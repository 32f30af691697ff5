import type { Spectrum } from './spectrum.ts'

/** Eigenvalues kept one by one. */
const HEAD = 32
/** Bins grow with the distance from the head: each is this share of what lies before it. */
const GROWTH = 1 / 8

/**
 * A spectrum in brief: the largest eigenvalues one by one, the others in bins that grow geometrically, so that a width
 * of 4,096 takes about 75 numbers. Counts and sums are kept: every eigenvalue is still in one bin.
 */
export function binned({ head, tail }: Spectrum): Spectrum {
  const bins: Spectrum['tail'] = []
  for (let from = HEAD; from < head.length;) {
    const bin = head.slice(from, from + Math.ceil(from * GROWTH))
    bins.push({ count: bin.length, sum: bin.reduce((a, b) => a + b, 0) })
    from += bin.length
  }
  let before = head.length
  let last: Spectrum['tail'][number] | null = null
  for (const bin of tail) {
    if (last && last.count + bin.count <= before * GROWTH) {
      last.count += bin.count
      last.sum += bin.sum
    } else {
      if (last) before += last.count
      bins.push((last = { ...bin }))
    }
  }
  return { head: head.slice(0, HEAD), tail: bins }
}
