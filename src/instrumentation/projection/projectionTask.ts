import type { EventBody } from '../../protocol/events.ts'
import type { ProjectTask as Options } from '../../protocol/task.ts'
import { AskedTask } from '../examples/askedTask.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { ProjectionExperiment } from './experiment.ts'

/** Runs the projection experiment after the training, and reports its results. */
export class ProjectionTask extends AskedTask {
  protected readonly failed = 'The layers were not projected.'
  protected readonly advice =
    'Projections are tried on validation data that the script gives to fit, fitDataset or evaluate, else on inputs of the model in its training.'
  readonly #options: Options

  constructor(options: Options, report: (event: EventBody) => void, sites: () => MeasuredSite[]) {
    super(report, sites)
    this.#options = options
  }

  run(fitted: FittedModel): void {
    const sites = this.sitesOf(fitted).filter(({ isOutput }) => !isOutput)
    const publish = (result: object): void => this.report({ type: 'projection', ...result } as EventBody)
    new ProjectionExperiment(fitted, this.#options, publish).run(sites)
  }
}
