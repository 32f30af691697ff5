/** Most fingerprints kept. Beyond it, only every second one, then every fourth one … is. */
const MAX_KEPT = 4096
/** Appearances per example up to which chance may explain them, where only some of the fingerprints are kept. */
const REPEATED_FROM = 1.05

/** A moment in the log, from which repetitions are counted. */
export interface LogMark {
  seen: number
  batches: number
  steps: number
}

/**
 * Tells how often the same examples are trained on: counts fingerprints of the model's inputs. Its memory is bounded.
 * Of many examples it keeps an even sample, chosen by the fingerprint itself, so that an example is always kept or
 * never.
 */
export class ExampleLog {
  /** Fingerprint → the batch in which it last appeared, in the order of that batch. */
  readonly #last = new Map<number, number>()
  /** Fingerprints are kept whose last bits under this mask are 0. */
  #mask = 0
  #seen = 0
  #batches = 0
  #steps = 0

  /** The present moment. */
  mark(): LogMark {
    return { seen: this.#seen, batches: this.#batches, steps: this.#steps }
  }

  /** A training step has ended. @param fingerprints one for each example; null where none were made. */
  endStep(fingerprints: Uint32Array | null): void {
    this.#steps++
    if (!fingerprints) return
    this.#seen += fingerprints.length
    for (const fingerprint of fingerprints) {
      if ((fingerprint & this.#mask) !== 0) continue
      this.#last.delete(fingerprint)
      this.#last.set(fingerprint, this.#batches)
    }
    this.#batches++
    while (this.#last.size > MAX_KEPT) this.#thin()
  }

  /** Training steps since a moment. */
  stepsSince({ steps }: LogMark): number {
    return this.#steps - steps
  }

  /**
   * How often an example of the steps since then appears again in them, on average: 0 where all differ. Null where
   * nothing is known.
   */
  repeatsSince(since: LogMark): number | null {
    const seen = this.#seen - since.seen
    if (seen === 0) return null
    let distinct = 0
    for (const batch of this.#last.values()) if (batch >= since.batches) distinct++
    const appearances = seen / Math.max(1, distinct * (this.#mask + 1))
    if (appearances <= (this.#mask === 0 ? 1 : REPEATED_FROM)) return 0
    const share = (this.#batches - since.batches) / this.stepsSince(since)
    // Fingerprints of some steps only show each example by chance. Where all steps have them, the count is exact.
    return ((1 - share) * poissonRate(appearances) + share * (appearances - 1)) / share
  }

  #thin(): void {
    this.#mask = 2 * this.#mask + 1
    for (const fingerprint of this.#last.keys()) if ((fingerprint & this.#mask) !== 0) this.#last.delete(fingerprint)
  }
}

/** The λ of a Poisson distribution whose mean over values above 0 is `mean` > 1: λ / (1 − exp(−λ)) = mean. */
function poissonRate(mean: number): number {
  let rate = mean
  // The iteration contracts by exp(−λ)·mean < 1. It is slow only where hardly anything repeats.
  for (let i = 0; i < 200; i++) rate = mean * -Math.expm1(-rate)
  return rate
}
