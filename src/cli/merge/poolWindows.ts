import type { KeptCovariance } from '../../learned/covariancesFile.ts'
import { Covariance } from '../../saturation/covariance.ts'

/**
 * Pools windows of one layer that several processes have measured on parts of the data: the covariance is that of all their
 * observations together (Chan, Golub and LeVeque 1979), to rounding. Where a process has measured only a sample of its rows,
 * its covariance weighs as much as all the rows that the sample stands for, as strata of a stratified sample do (Cochran
 * 1977, "Sampling Techniques", section 5.3). Unequal weights make observations worth less (Kish 1965, "Survey Sampling",
 * section 11.7).
 * @param windows of one layer, split and width; at least one
 */
export function poolWindows(windows: readonly KeptCovariance[]): KeptCovariance {
  const [first] = windows
  if (!first) throw new RangeError('there is no window to pool')
  const covariance = new Covariance(first.covariance.width)
  const sum = (of: (window: KeptCovariance) => number): number => windows.reduce((total, each) => total + of(each), 0)
  for (const { covariance: part, represented } of windows) covariance.merge(weighing(part, represented))
  const squares = sum(({ represented, effective }) => (effective > 0 ? represented ** 2 / effective : 0))
  return {
    layer: first.layer,
    split: first.split,
    observations: sum(({ observations }) => observations),
    effective: squares > 0 ? sum(({ represented }) => represented) ** 2 / squares : 0,
    represented: sum(({ represented }) => represented),
    rejected: sum(({ rejected }) => rejected),
    steps: {
      first: Math.min(...windows.map(({ steps }) => steps.first)),
      last: Math.max(...windows.map(({ steps }) => steps.last)),
      epochs: Math.max(...windows.map(({ steps }) => steps.epochs)),
    },
    epoch: first.epoch,
    covariance,
  }
}

/** A covariance with another weight; itself where it has that weight. */
function weighing(covariance: Covariance, weight: number): Covariance {
  if (covariance.count === weight) return covariance
  const { width, mean, products, rounding, count } = covariance
  const scaled = new Covariance(width, mean, products.slice(), rounding.slice())
  scaled.count = count
  scaled.scale(weight / count)
  return scaled
}
