import type { EarlierProof, Proof } from '../../protocol/proof.ts'

/** What a network was found to be worth on the half of the examples that decides. */
export interface Worth {
  readonly loss: number
  /** The metric that counts. */
  readonly value: number
}

/** Networks that were tried, by the widths of their groups. */
export class Tried {
  readonly #known = new Map<string, Worth>()
  /** Those of them that an earlier proof had tried, and that this one has not asked for. */
  readonly #earlier = new Map<string, Worth>()
  #untold: NonNullable<Proof['tried']> = []
  /** Networks that were found among the earlier ones. */
  continued = 0

  /** Adds what an earlier proof has found, of the same network on the same examples. */
  addEarlier({ tried }: EarlierProof): void {
    for (const { widths, loss, value } of tried)
      this.#earlier.set(widths.join(' '), { loss: loss ?? NaN, value: value ?? NaN })
  }

  /** Returns what is known of a network, or finds it out. @param widths of all groups, in their order */
  worthOf(widths: readonly number[], find: () => Worth): Worth {
    const key = widths.join(' ')
    const known = this.#known.get(key)
    if (known) return known
    const earlier = this.#earlier.get(key)
    if (earlier) this.continued++
    const worth = earlier ?? find()
    this.#known.set(key, worth)
    this.#untold.push({ widths: [...widths], loss: finiteOrNull(worth.loss), value: finiteOrNull(worth.value) })
    return worth
  }

  /** The networks since the last call. */
  news(): NonNullable<Proof['tried']> {
    const news = this.#untold
    this.#untold = []
    return news
  }
}

export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null)
