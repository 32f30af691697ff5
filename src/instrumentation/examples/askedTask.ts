import { clip } from '../../protocol/clip.ts'
import type { EventBody } from '../../protocol/events.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import type { AfterFitTask } from './afterFit.ts'
import type { FittedModel } from './fittedModel.ts'
import { layersWithin } from './passes/undisturbed.ts'

/** What a person has asked for. Where it cannot be done, they are told why. */
export abstract class AskedTask implements AfterFitTask {
  readonly when = 'once'
  protected readonly report: (event: EventBody) => void
  /** A sentence that says what was not done. */
  protected abstract readonly failed: string
  protected abstract readonly advice: string

  readonly #sites: () => MeasuredSite[]

  /** @param sites all places where layers are measured */
  constructor(report: (event: EventBody) => void, sites: () => MeasuredSite[]) {
    this.report = report
    this.#sites = sites
  }

  abstract run(fitted: FittedModel): void

  /** The places of the model where layers are measured. */
  protected sitesOf({ model }: FittedModel): MeasuredSite[] {
    const within = new Set(layersWithin(model))
    return this.#sites().filter(({ layer }) => within.has(layer))
  }

  missed(reason: string): void {
    const message = clip(`${this.failed} ${reason}`)
    this.report({ type: 'problem', layer: null, message, advice: this.advice })
  }
}
