import { bytesOf, examplesOf, type HeldBatch, type Room } from './heldBatch.ts'

/** Most bytes of the examples of a validation pass that are held. */
export const MAX_VALIDATION_BYTES = 32 * 2 ** 20

/**
 * The beginning of a validation pass. The passes of a training mostly have the same examples, so that only the first,
 * second, fourth, eighth … pass is copied.
 */
export class ValidationPass {
  #batches: HeldBatch[] = []
  #bytes = 0
  #passes = 0
  /** Whether the present pass is copied. */
  #copies = false
  /** Whether the present pass has more examples than are held. */
  isCut = false

  get batches(): readonly HeldBatch[] {
    return this.#batches
  }

  /** The next batch is the first of a pass. */
  begin(): void {
    this.#passes++
    this.#copies = (this.#passes & (this.#passes - 1)) === 0
    if (!this.#copies) return
    this.#batches = []
    this.#bytes = 0
    this.isCut = false
  }

  /** Adds a batch. @param copy copies as much of it as there is room for; null where nothing fits. */
  add(examples: number, copy: (room: Room) => HeldBatch | null): void {
    if (!this.#copies || this.isCut) return
    const batch = copy({ examples: Infinity, bytes: MAX_VALIDATION_BYTES - this.#bytes })
    this.isCut = !batch || examplesOf(batch) < examples
    if (!batch) return
    this.#batches.push(batch)
    this.#bytes += bytesOf(batch)
  }
}
