import { bytesOf, examplesOf, type HeldBatch, type Room } from './heldBatch.ts'

/** All batches of the present epoch, as far as there is room for them. Without known epochs: of the training. */
export class EpochBatches {
  readonly #room: Room
  #batches: HeldBatch[] = []
  #bytes = 0
  /** Examples that were offered. */
  given = 0

  constructor(room: Room) {
    this.#room = room
  }

  get batches(): readonly HeldBatch[] {
    return this.#batches
  }

  /** An epoch begins, and what is held of the one before is freed. */
  begin(): void {
    this.#batches = []
    this.#bytes = 0
    this.given = 0
  }

  /** Offers a batch. @param size of the batch @param copy copies as much of it as there is room for */
  offer(size: Room, copy: (room: Room) => HeldBatch | null): void {
    this.given += size.examples
    if (this.#bytes + size.bytes > this.#room.bytes) return
    const batch = copy(size)
    if (!batch || examplesOf(batch) === 0) return
    this.#batches.push(batch)
    this.#bytes += bytesOf(batch)
  }
}
