import type { Covariance } from './covariance.ts'
import { dimension } from './dimension.ts'
import { eigensystemOfReduction } from './linalg/eigenvectors.ts'
import { TridiagonalReduction } from './linalg/tridiagonalReduction.ts'
import { spectrumOf, type Spectrum } from './spectrum.ts'
import { runToCompletion } from './linalg/runToCompletion.ts'

export type Status = 'ok' | 'constant' | 'tooFew' | 'nonFinite'

export interface Saturation {
  status: Status
  /** 0 if there is no variance or there are too few observations. */
  k: number
  /** Total variance; null if it is not finite. */
  trace: number | null
  spectrum: Spectrum
  /** Unit eigenvectors [width] of the largest eigenvalues, up to the number requested. */
  vectors: Float64Array[]
}

/**
 * Saturation of a stream of features (arXiv 2006.08679, section 3). Unusual data is reported in `status` and never
 * throws. O(width³)
 * @param rejected observations left out because of NaN or infinity. If there are any, the status is `nonFinite`, and k
 *   is that of the other observations.
 */
export function measure(covariance: Covariance, delta: number, rejected = 0): Saturation {
  return runToCompletion(measureInSteps(covariance, delta, rejected))
}

/**
 * `measure` in steps of O(width²), between which the caller can do other work.
 * @param components number of eigenvectors to return.
 */
export function* measureInSteps(
  covariance: Covariance,
  delta: number,
  rejected = 0,
  components = 0,
): Generator<void, Saturation> {
  const empty = { spectrum: { head: [], tail: [] }, vectors: [] }
  const trace = covariance.trace()
  if (!Number.isFinite(trace)) return { status: 'nonFinite', k: 0, trace: null, ...empty }
  const status = rejected > 0 ? 'nonFinite' : null
  if (covariance.count < 2) return { status: status ?? 'tooFew', k: 0, trace, ...empty }
  if (covariance.isConstant()) return { status: status ?? 'constant', k: 0, trace: 0, ...empty }
  const { width, count } = covariance
  const reduction = new TridiagonalReduction(covariance.products, width)
  do yield
  while (reduction.next())
  const { values: sums, vectors } = eigensystemOfReduction(reduction, width, components)
  const values = sums.map((value) => value / count)
  return { status: status ?? 'ok', k: dimension(values, delta), trace, spectrum: spectrumOf(values), vectors }
}
