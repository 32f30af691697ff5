/** A law by which eigenvalues decay with their index. */
export type DecayLaw =
  /** i⁻ˢ for the first `end` eigenvalues of the tail and zero after them; i counts from the first eigenvalue of all. */
  | { kind: 'power'; s: number; end: number }
  /**
   * (1 + ξ j / scale)^(−1/ξ), where j counts from the first eigenvalue of the tail. It is exponential for ξ = 0, a
   * power law with a flat beginning for ξ > 0, and reaches zero at j = −scale / ξ for ξ < 0.
   */
  | { kind: 'bent'; xi: number; scale: number }

/** Ratio of successive bin boundaries of the tail; eigenvalues within a bin are evaluated as one. */
const BIN_RATIO = 1.04

/** A tail of eigenvalues with a known number and sum that decay by a law. */
export class TailModel {
  readonly #before: number
  readonly #places: number
  readonly #sum: number
  readonly #bins: { from: number; to: number }[] = []

  /**
   * @param before number of larger eigenvalues, which are not part of the tail.
   * @param places number of eigenvalues in the tail.
   * @param sum sum of the eigenvalues in the tail.
   */
  constructor(before: number, places: number, sum: number) {
    this.#before = before
    this.#places = places
    this.#sum = sum
    for (let from = 0; from < places;) {
      const to = Math.min(places, Math.max(from + 1, Math.floor(from * BIN_RATIO)))
      this.#bins.push({ from, to })
      from = to
    }
  }

  /** Calls `take` for some hundred groups of almost equal eigenvalues that together are the tail. */
  forEach(law: DecayLaw, take: (value: number, count: number) => void): void {
    const groups: { value: number; count: number }[] = []
    let total = 0
    for (const { from, to } of this.#bins) {
      const end = law.kind === 'power' ? Math.min(to, law.end) : to
      if (end <= from) break
      const value = this.#relative(law, (from + end - 1) / 2)
      groups.push({ value, count: end - from })
      total += value * (end - from)
    }
    for (const { value, count } of groups) if (value > 0) take((value * this.#sum) / total, count)
  }

  /** [places] All eigenvalues of the tail, descending. */
  values(law: DecayLaw): Float64Array {
    const last = law.kind === 'power' ? law.end : Infinity
    const values = Float64Array.from({ length: this.#places }, (_, j) => (j < last ? this.#relative(law, j) : 0))
    const total = values.reduceRight((a, b) => a + b, 0)
    return values.map((value) => (value * this.#sum) / total)
  }

  /** Eigenvalue j of the tail, relative to the first. */
  #relative(law: DecayLaw, j: number): number {
    if (law.kind === 'power') return ((this.#before + 1 + j) / (this.#before + 1)) ** -law.s
    const { xi, scale } = law
    return xi === 0 ? Math.exp(-j / scale) : Math.max(0, 1 + (xi * j) / scale) ** (-1 / xi)
  }
}
