/**
 * A bounded, even sample of the rows of a window whose length is not known beforehand. It keeps every n-th row; when
 * there are too many, it drops every other one of them and doubles n. Of a window with more rows than the bound, it
 * keeps between half the bound and the bound, from the window's beginning to its end.
 */
export class EvenSample {
  readonly #maxRows: number
  #stride = 1
  /** Rows of the window so far, sampled or not. */
  #passed = 0
  #rows: Float32Array[] = []

  /** @param maxRows most rows kept, ≥ 1. */
  constructor(maxRows: number) {
    this.#maxRows = maxRows
  }

  /** Returns how many of the next `count` rows are to be given to `add`. */
  wanted(count: number): number {
    while (Math.ceil(count / this.#stride) > this.#maxRows) this.#thin()
    return Math.ceil((this.#passed + count) / this.#stride) - Math.ceil(this.#passed / this.#stride)
  }

  /**
   * Adds the wanted rows of the next `count` ones. Rows with NaN or infinity in them are left out.
   * @param rows [any × width]; null where none was wanted
   */
  add(rows: Float32Array | null, width: number, count: number): void {
    this.#passed += count
    for (let at = 0; rows && at < rows.length; at += width) {
      const row = rows.slice(at, at + width)
      if (row.every(Number.isFinite)) this.#rows.push(row)
    }
    while (this.#rows.length > this.#maxRows) this.#thin()
  }

  /** Returns the rows kept, [rows × width], in the order in which they came. */
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
