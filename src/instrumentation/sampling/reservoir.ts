/**
 * A bounded, even sample of the rows of a window of unknown length: every n-th row is kept, and when there are too many,
 * every other one of them is dropped and n doubles. Between half the bound and the bound is kept of a longer window, from
 * its beginning to its end.
 */
export class RowSample {
  readonly #most: number
  #stride = 1
  #passed = 0
  #rows: Float32Array[] = []

  /** @param most rows kept, ≥ 1. */
  constructor(most: number) {
    this.#most = most
  }

  /** How many of the next `count` rows are to be given to `add`. */
  wanted(count: number): number {
    while (Math.ceil(count / this.#stride) > this.#most) this.#thin()
    return Math.ceil((this.#passed + count) / this.#stride) - Math.ceil(this.#passed / this.#stride)
  }

  /**
   * Takes in rows, or none, of `count` that have passed. Those with NaN or infinity in them are left out.
   * @param rows [any × width]
   */
  add(rows: Float32Array | null, width: number, count: number): void {
    this.#passed += count
    for (let at = 0; rows && at < rows.length; at += width) {
      const row = rows.slice(at, at + width)
      if (row.every(Number.isFinite)) this.#rows.push(row)
    }
    while (this.#rows.length > this.#most) this.#thin()
  }

  /** [rows × width] what is kept, in the order in which it came. */
  rows(): Float32Array {
    const width = this.#rows[0]?.length ?? 0
    const all = new Float32Array(this.#rows.length * width)
    this.#rows.forEach((row, i) => all.set(row, i * width))
    return all
  }

  #thin(): void {
    this.#stride *= 2
    this.#rows = this.#rows.filter((_, i) => i % 2 === 0)
  }
}
