import type { ComparedNetwork, Comparison } from '../comparison/compareRuns.ts'

/** What `saturation compare --json` prints; values as the script's own metric reports them. */
export interface ComparisonJson {
  /** Null where no metric is common to all runs. */
  metric: string | null
  better: 'higher' | 'lower' | null
  /** Where the metric's values are from: the last epoch, a proof, or the last steps. */
  source: 'epochs' | 'proof' | 'steps' | null
  /** Whether the metric is measured on other data than those of the training. */
  isOfOtherData: boolean | null
  /** The first is what the others are compared with. */
  networks: ComparedNetwork[]
}

/** The JSON of a comparison. */
export function comparisonJson({ metric, networks }: Comparison): ComparisonJson {
  return {
    metric: metric?.name ?? null,
    better: metric?.better ?? null,
    source: metric?.source ?? null,
    isOfOtherData: metric?.isOfOtherData ?? null,
    networks: [...networks],
  }
}
