import type { ComparedNetwork, Comparison } from './compareRuns.ts'

/**
 * The network with the fewest parameters that is not shown to be worse than the first; of equal ones the better. Null
 * where all are worse, failed, or have no metric.
 */
export function recommendedNetwork({
  metric,
  networks,
}: Pick<Comparison, 'metric' | 'networks'>): ComparedNetwork | null {
  if (!metric) return null
  const sign = metric.better === 'higher' ? 1 : -1
  const candidates = networks
    .slice(1)
    .filter(({ failed, difference }) => failed === null && difference !== null && difference.judgement !== 'worse')
    .sort((a, b) => a.parameters - b.parameters || sign * (b.value!.mean - a.value!.mean))
  return candidates[0] ?? null
}
