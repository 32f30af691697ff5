/** Eigenvalues of a population covariance, as stored in a run's log. */
export interface Spectrum {
  /** The largest eigenvalues, descending. */
  head: number[]
  /** Bins of consecutive smaller eigenvalues, descending. */
  tail: { count: number; sum: number }[]
}

/** Most eigenvalues that are stored individually; smaller ones are binned. */
const MAX_HEAD = 512
/** Eigenvalues per bin of the tail. */
const EIGENVALUES_PER_BIN = 64

/** @param values all eigenvalues, descending; negative ones, which come from rounding, count as zero. */
export function spectrumOf(values: ArrayLike<number>): Spectrum {
  const clamped = Array.from(values, (value) => Math.max(0, value))
  const tail: Spectrum['tail'] = []
  for (let i = MAX_HEAD; i < clamped.length; i += EIGENVALUES_PER_BIN) {
    const bin = clamped.slice(i, i + EIGENVALUES_PER_BIN)
    tail.push({ count: bin.length, sum: bin.reduce((a, b) => a + b, 0) })
  }
  return { head: clamped.slice(0, MAX_HEAD), tail }
}

/** All eigenvalues, descending, with those of a bin replaced by their mean. */
export function expandSpectrum({ head, tail }: Spectrum): Float64Array {
  const count = tail.reduce((sum, bin) => sum + bin.count, head.length)
  const values = new Float64Array(count)
  values.set(head)
  let at = head.length
  for (const bin of tail) values.fill(bin.sum / bin.count, at, (at += bin.count))
  return values
}
