/** Disjoint sets of the integers from 0 on, with path halving (Tarjan and van Leeuwen, 1984). */
export class UnionFind {
  readonly #parents: number[]

  constructor(parents: readonly number[] = []) {
    this.#parents = [...parents]
  }

  /** Number of elements. */
  get size(): number {
    return this.#parents.length
  }

  /** Adds an element, in a set of its own. */
  add(): number {
    return this.#parents.push(this.#parents.length) - 1
  }

  /** Returns the element that stands for the set of `element`. */
  find(element: number): number {
    const parents = this.#parents
    let at = element
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!
    return at
  }

  /** Returns a copy, which goes its own way. */
  copy(): UnionFind {
    return new UnionFind(this.#parents)
  }

  /** Joins two sets. @returns false when they were one already. */
  union(a: number, b: number): boolean {
    const [first, second] = [this.find(a), this.find(b)]
    if (first === second) return false
    // The older element stands for both: trees stay flat enough with halving alone.
    this.#parents[Math.max(first, second)] = Math.min(first, second)
    return true
  }
}
