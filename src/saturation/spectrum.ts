/** Eigenvalues of a population covariance, as a run's log keeps them. */
export interface Spectrum {
  /** Largest eigenvalues one by one, descending. */
  head: number[]
  /** Bins of consecutive smaller ones, descending. */
  tail: { count: number; sum: number }[]
}

/** Eigenvalues kept one by one; a wider layer's smaller ones are binned. */
const HEAD = 512
/** Eigenvalues per bin of the tail. */
const BIN = 64

/** @param values all eigenvalues, descending; rounding below zero counts as zero. */
export function spectrumOf(values: ArrayLike<number>): Spectrum {
  const clamped = Array.from(values, (value) => Math.max(0, value))
  const tail: Spectrum['tail'] = []
  for (let i = HEAD; i < clamped.length; i += BIN) {
    const bin = clamped.slice(i, i + BIN)
    tail.push({ count: bin.length, sum: bin.reduce((a, b) => a + b, 0) })
  }
  return { head: clamped.slice(0, HEAD), tail }
}

/** All eigenvalues, descending; those of a bin stand as their mean. */
export function spread({ head, tail }: Spectrum): Float64Array {
  const count = tail.reduce((sum, bin) => sum + bin.count, head.length)
  const values = new Float64Array(count)
  values.set(head)
  let at = head.length
  for (const bin of tail) values.fill(bin.sum / bin.count, at, (at += bin.count))
  return values
}
