import type { FrontierRow, Rightsized } from '../../experiments/rightsized.ts'
import { reproduce } from './reproduce.ts'
import type { TrainedScript } from './trainings.ts'

/** What `saturation rightsize --json` prints of one network; values as the script's own metric reports them. */
interface NetworkJson extends Omit<FrontierRow, 'overrides' | 'inherits'> {
  /** The command that trains it. */
  command: string
}

/** What `saturation rightsize --json` prints. */
export interface RightsizeJson {
  metric: string
  better: 'higher' | 'lower'
  /** What the metric may lose. */
  tolerance: number
  noise: Rightsized['noise']
  baseline: Rightsized['baseline']
  /** By falling number of parameters. */
  frontier: NetworkJson[]
  recommended: NetworkJson | null
}

/** The JSON of a result. */
export function rightsizeJson({ metric, ...result }: Rightsized, trained: TrainedScript): RightsizeJson {
  const network = ({ overrides, inherits, ...row }: FrontierRow): NetworkJson => {
    return { ...row, command: reproduce({ overrides, inherits }, trained) }
  }
  return {
    metric: metric.name,
    better: metric.better,
    tolerance: result.tolerance,
    noise: result.noise,
    baseline: result.baseline,
    frontier: result.frontier.map(network),
    recommended: result.recommended && network(result.recommended),
  }
}
