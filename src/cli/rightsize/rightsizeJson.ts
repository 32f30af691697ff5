import type { FrontierRow, Rightsized } from '../../experiments/rightsized.ts'
import { reproduce } from './reproduce.ts'
import type { TrainedScript } from './trainings.ts'

/** What `saturation rightsize --json` prints of one network; values as the script's own metric reports them. */
interface NetworkJson extends Pick<
  FrontierRow,
  'name' | 'widths' | 'parameters' | 'value' | 'holds' | 'stepMs' | 'trainingMs'
> {
  /** Why its training failed; null where it did not. */
  failed: string | null
  /** The command that trains it. */
  command: string
}

/** What `saturation rightsize --json` prints. */
export interface RightsizeJson {
  metric: string
  better: 'higher' | 'lower'
  /** What the metric may lose. */
  tolerance: number
  baseline: Rightsized['baseline']
  /** By falling number of parameters. */
  frontier: NetworkJson[]
  recommended: NetworkJson | null
}

/** The JSON of a result. */
export function rightsizeJson({ metric, ...result }: Rightsized, trained: TrainedScript): RightsizeJson {
  const network = ({ name, widths, parameters, value, holds, stepMs, trainingMs, failed, ...row }: FrontierRow) => {
    return { name, widths, parameters, value, holds, stepMs, trainingMs, failed, command: reproduce(row, trained) }
  }
  return {
    metric: metric.name,
    better: metric.better,
    tolerance: result.tolerance,
    baseline: result.baseline,
    frontier: result.frontier.map(network),
    recommended: result.recommended && network(result.recommended),
  }
}
