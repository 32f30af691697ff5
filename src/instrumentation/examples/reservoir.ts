import { uniformGenerator } from '../../saturation/linalg/uniform.ts'
import { bytesOf, examplesOf, type HeldBatch, type Room } from './heldBatch.ts'

/** Most examples of a training that are held. */
export const MAX_TRAINING_EXAMPLES = 2048
/** Most bytes of training examples that are held. */
export const MAX_TRAINING_BYTES = 32 * 2 ** 20
/** What is held of a training by default. */
export const DEFAULT_ROOM: Room = { examples: MAX_TRAINING_EXAMPLES, bytes: MAX_TRAINING_BYTES }
/** Most batches that are held: each costs a copy of its own, however few examples it has. */
const MAX_BATCHES = 256
/** Seed of the generator that chooses batches. The program's own generators are not used. */
const SEED = 0x5eed

/**
 * A reservoir sample of batches: each batch of the training so far is in it with the same probability (Vitter 1985,
 * "Random sampling with a reservoir", algorithm R). Of n batches about r (1 + ln(n / r)) are copied, where r is how many
 * are held, so the copies become rare.
 */
export class Reservoir {
  readonly #batches: HeldBatch[] = []
  readonly #uniform = uniformGenerator(SEED)
  /** Batches that are held once there were as many; null before the first, whose size decides. */
  #slots: number | null = null
  #seen = 0
  readonly #room: Room

  constructor(room = DEFAULT_ROOM) {
    this.#room = room
  }

  get batches(): readonly HeldBatch[] {
    return this.#batches
  }

  get bytes(): number {
    return this.#batches.reduce((sum, batch) => sum + bytesOf(batch), 0)
  }

  /**
   * Offers a batch.
   * @param size of the batch
   * @param copy copies as much of it as there is room for; called only if the batch is chosen.
   */
  offer(size: Room, copy: (room: Room) => HeldBatch | null): void {
    const slots = (this.#slots ??= slotsFor(size, this.#room))
    const seen = ++this.#seen
    const at = this.#batches.length < slots ? this.#batches.length : Math.floor(this.#uniform() * seen)
    if (at >= slots) return
    const room = {
      examples: Math.floor(this.#room.examples / slots),
      bytes: Math.floor(this.#room.bytes / slots),
    }
    const batch = copy(room)
    if (batch && examplesOf(batch) > 0) this.#batches[Math.min(at, this.#batches.length)] = batch
  }
}

function slotsFor({ examples, bytes }: Room, room: Room): number {
  const fitting = Math.min(MAX_BATCHES, room.examples / examples, room.bytes / bytes)
  return Math.max(1, Math.floor(fitting))
}
