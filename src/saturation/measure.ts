import type { Covariance } from './covariance.ts'
import { dimension } from './dimension.ts'
import { remainingEigensystem } from './linalg/eigenvectors.ts'
import { Reduction } from './linalg/tridiagonalReduction.ts'
import { spectrumOf, type Spectrum } from './spectrum.ts'
import { inOneGo } from './linalg/cooperative.ts'

export type Status = 'ok' | 'constant' | 'tooFew' | 'nonFinite'

export interface Saturation {
  status: Status
  /** 0 where there is no variance or nothing to judge by. */
  k: number
  /** Total variance; null where it is not finite. */
  trace: number | null
  spectrum: Spectrum
  /** [width] each: unit eigenvectors of the largest eigenvalues, as many as were asked for and there are. */
  vectors: Float64Array[]
}

/**
 * Saturation of a stream of features (arXiv 2006.08679, section 3): never throws on odd data, the status says what
 * was odd. Runs in O(width³).
 * @param rejected observations left out for NaN or infinity; any makes the status `nonFinite`, k being that of the rest.
 */
export function measure(covariance: Covariance, delta: number, rejected = 0): Saturation {
  return inOneGo(measureInSteps(covariance, delta, rejected))
}

/**
 * `measure` in steps of O(width²): whoever takes them can do something else in between.
 * @param components eigenvectors wanted.
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
  const reduction = new Reduction(covariance.products, width)
  do yield
  while (reduction.next())
  const { values: sums, vectors } = remainingEigensystem(reduction, width, components)
  const values = sums.map((value) => value / count)
  return { status: status ?? 'ok', k: dimension(values, delta), trace, spectrum: spectrumOf(values), vectors }
}
