import { unmatched, type MeasureOptions } from '../../protocol/measureOptions.ts'
import type { Channel } from './channel.ts'
import { noMatch, type Problem } from './problems.ts'

/** Reports which patterns of `include` match no layer, and takes that back once a layer comes that they match. */
export class UnmatchedPatterns {
  readonly #channel: Channel
  #patterns: readonly string[]
  #reported: Problem | null = null

  constructor(channel: Channel, { include }: MeasureOptions) {
    this.#channel = channel
    this.#patterns = include
  }

  /** @param layers that are new or have changed */
  report(layers: readonly { name: string; kind: string }[]): void {
    if (this.#patterns.length === 0 || layers.length === 0) return
    const rest = unmatched({ include: [...this.#patterns] }, layers)
    if (rest.length === this.#patterns.length && this.#reported) return
    this.#patterns = rest
    if (this.#reported) this.#channel.event({ ...this.#reported, withdrawn: true })
    this.#reported = rest.length > 0 ? noMatch(rest, layers) : null
    if (this.#reported) this.#channel.event(this.#reported)
  }
}
