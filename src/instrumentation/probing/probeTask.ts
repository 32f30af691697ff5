import type { EventBody } from '../../protocol/events.ts'
import type { ProbeTask as Options } from '../../protocol/task.ts'
import { AskedTask } from '../examples/askedTask.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { ProbeExperiment } from './experiment.ts'

/** Trains linear probes on the layers of a model after its training, and reports their results. */
export class ProbeTask extends AskedTask {
  protected readonly failed = 'No layer was probed.'
  protected readonly advice =
    'Probes are trained on labels that the script gives to fit or fitDataset, and compared on those of its validation data, or of evaluate.'
  /** More examples of the training than other tasks need: a probe of many features is trained from nothing. */
  readonly training = { examples: 8192, bytes: 128 * 2 ** 20 }
  readonly #options: Options

  constructor(options: Options, report: (event: EventBody) => void, sites: () => MeasuredSite[]) {
    super(report, sites)
    this.#options = options
  }

  run(fitted: FittedModel): void {
    const sites = this.sitesOf(fitted).filter(({ isOutput }) => !isOutput)
    new ProbeExperiment(fitted, this.#options, (result) => this.report({ type: 'probe', ...result })).run(sites)
  }
}
