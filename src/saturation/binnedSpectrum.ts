import type { Spectrum } from './spectrum.ts'

/** Eigenvalues that are kept individually. */
const MAX_HEAD = 32
/** Size of a bin as a share of the number of eigenvalues before it. */
const BIN_SHARE = 1 / 8

/**
 * A compact form of a spectrum: the largest eigenvalues individually, and the others in bins that grow geometrically,
 * so that a width of 4,096 takes about 75 numbers. Every eigenvalue is in exactly one bin, and bins keep count and sum.
 */
export function binnedSpectrum({ head, tail }: Spectrum): Spectrum {
  const bins: Spectrum['tail'] = []
  for (let from = MAX_HEAD; from < head.length;) {
    const bin = head.slice(from, from + Math.ceil(from * BIN_SHARE))
    bins.push({ count: bin.length, sum: bin.reduce((a, b) => a + b, 0) })
    from += bin.length
  }
  let before = head.length
  let last: Spectrum['tail'][number] | null = null
  for (const bin of tail) {
    if (last && last.count + bin.count <= before * BIN_SHARE) {
      last.count += bin.count
      last.sum += bin.sum
    } else {
      if (last) before += last.count
      bins.push((last = { ...bin }))
    }
  }
  return { head: head.slice(0, MAX_HEAD), tail: bins }
}
