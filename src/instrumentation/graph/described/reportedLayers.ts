import type { Layer as LayerInfo } from '../../../protocol/layer.ts'

/** What was last reported of each layer, to report only what is new. */
export class ReportedLayers {
  /** The changeable properties, by id. */
  readonly #reported = new Map<string, string>()

  /** Whether a layer was ever reported. */
  has(id: string): boolean {
    return this.#reported.has(id)
  }

  /** Forgets a layer. */
  delete(id: string): void {
    this.#reported.delete(id)
  }

  /** Notes a layer as it is now. @returns whether it differs from what was last reported of it */
  isNews({ id, inbound, isOutput: output, notMeasured, ...layer }: LayerInfo): boolean {
    // Nothing else about a layer changes.
    const { group, limit, measuredBehind, reachesLoss, positions, input } = layer
    const traced = JSON.stringify([group, limit, measuredBehind, reachesLoss, positions, input])
    const changeable = `${inbound.length} ${output} ${notMeasured} ${traced}`
    const isNews = this.#reported.get(id) !== changeable
    this.#reported.set(id, changeable)
    return isNews
  }
}
