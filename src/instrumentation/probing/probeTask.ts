import type { EventBody } from '../../protocol/events.ts'
import type { ProbeTask as Options } from '../../protocol/task.ts'
import { clip } from '../../protocol/clip.ts'
import type { AfterFitTask } from '../examples/afterFit.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { layersWithin } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { ProbeExperiment } from './experiment.ts'

/** Trains linear probes on the layers of a model after its training, and reports their results. */
export class ProbeTask implements AfterFitTask {
  readonly when = 'once'
  /** More examples of the training than other tasks need: a probe of many features is trained from nothing. */
  readonly training = { examples: 8192, bytes: 128 * 2 ** 20 }
  readonly #options: Options
  readonly #report: (event: EventBody) => void
  readonly #sites: () => MeasuredSite[]

  constructor(options: Options, report: (event: EventBody) => void, sites: () => MeasuredSite[]) {
    this.#options = options
    this.#report = report
    this.#sites = sites
  }

  run(fitted: FittedModel): void {
    const within = new Set(layersWithin(fitted.model))
    const sites = this.#sites().filter(({ layer, isOutput }) => within.has(layer) && !isOutput)
    try {
      new ProbeExperiment(fitted, this.#options, (result) => this.#report({ type: 'probe', ...result })).run(sites)
    } catch (error) {
      this.missed(error instanceof Error ? error.message : String(error))
    }
  }

  missed(reason: string): void {
    const message = clip(`No layer was probed. ${reason}`)
    this.#report({ type: 'problem', layer: null, message, advice: ADVICE })
  }
}

const ADVICE =
  'Probes are trained on labels that the script gives to fit or fitDataset, and compared on those of its validation data, or of evaluate.'
