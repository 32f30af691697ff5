/** How eigenvalues fall with their place. */
export type Law =
  /** i⁻ˢ as far as `end` places of the tail, then none; i counts from the first eigenvalue of all. */
  | { kind: 'power'; s: number; end: number }
  /**
   * (1 + ξ j / scale)^(−1/ξ), j counting from the tail's first: exponential where ξ is 0, a power law that begins flat
   * where it is positive, and falling to none at −scale / ξ where it is negative.
   */
  | { kind: 'bent'; xi: number; scale: number }

/** Neighbouring places whose ratio is below this are taken together. */
const STEP = 1.04

/** A tail of eigenvalues whose number and sum are known, as it would be if it fell by a law. */
export class TailLaw {
  readonly #before: number
  readonly #places: number
  readonly #sum: number
  readonly #bins: { from: number; to: number }[] = []

  /**
   * @param before eigenvalues that are not of the tail, and larger.
   * @param places eigenvalues of the tail.
   */
  constructor(before: number, places: number, sum: number) {
    this.#before = before
    this.#places = places
    this.#sum = sum
    for (let from = 0; from < places;) {
      const to = Math.min(places, Math.max(from + 1, Math.floor(from * STEP)))
      this.#bins.push({ from, to })
      from = to
    }
  }

  /** Some hundred groups of eigenvalues that are almost alike. */
  forEach(law: Law, take: (value: number, count: number) => void): void {
    const groups: { value: number; count: number }[] = []
    let total = 0
    for (const { from, to } of this.#bins) {
      const end = law.kind === 'power' ? Math.min(to, law.end) : to
      if (end <= from) break
      const value = this.#at(law, (from + end - 1) / 2)
      groups.push({ value, count: end - from })
      total += value * (end - from)
    }
    for (const { value, count } of groups) if (value > 0) take((value * this.#sum) / total, count)
  }

  /** [places] descending. */
  values(law: Law): Float64Array {
    const last = law.kind === 'power' ? law.end : Infinity
    const values = Float64Array.from({ length: this.#places }, (_, j) => (j < last ? this.#at(law, j) : 0))
    const total = values.reduceRight((a, b) => a + b, 0)
    return values.map((value) => (value * this.#sum) / total)
  }

  /** Relative to the first. */
  #at(law: Law, j: number): number {
    if (law.kind === 'power') return ((this.#before + 1 + j) / (this.#before + 1)) ** -law.s
    const { xi, scale } = law
    return xi === 0 ? Math.exp(-j / scale) : Math.max(0, 1 + (xi * j) / scale) ** (-1 / xi)
  }
}
