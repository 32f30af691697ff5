import type { EventBody } from '../../protocol/events.ts'
import type { ProjectTask } from '../../protocol/task.ts'
import { clip } from '../../protocol/clip.ts'
import type { AfterFitTask } from '../examples/afterFit.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { layersWithin } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { ProjectionExperiment } from './experiment.ts'

/** Runs the projection experiment after the training, and reports its results. */
export class ProjectionTask implements AfterFitTask {
  readonly when = 'once'
  readonly #options: ProjectTask
  readonly #report: (event: EventBody) => void
  readonly #sites: () => MeasuredSite[]

  constructor(options: ProjectTask, report: (event: EventBody) => void, sites: () => MeasuredSite[]) {
    this.#options = options
    this.#report = report
    this.#sites = sites
  }

  run(fitted: FittedModel): void {
    const within = new Set(layersWithin(fitted.model))
    const sites = this.#sites().filter(({ layer, isOutput }) => within.has(layer) && !isOutput)
    try {
      const publish = (result: object): void => this.#report({ type: 'projection', ...result } as EventBody)
      new ProjectionExperiment(fitted, this.#options, publish).run(sites)
    } catch (error) {
      this.missed(error instanceof Error ? error.message : String(error))
    }
  }

  missed(reason: string): void {
    const message = clip(`The layers were not projected. ${reason}`)
    this.#report({ type: 'problem', layer: null, message, advice: ADVICE })
  }
}

const ADVICE =
  'Projections are tried on validation data that the script gives to fit, fitDataset or evaluate, else on inputs of the model in its training.'
