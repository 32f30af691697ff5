import type { Covariance } from './covariance.ts'
import { dimension } from './dimension.ts'
import { eigenvalues } from './eigenvalues.ts'

/** Eigenvalues sent one by one; a wider layer's smaller ones are binned. */
const HEAD = 512
/** Eigenvalues per bin of the tail. */
const BIN = 64

export type Status = 'ok' | 'constant' | 'tooFew' | 'nonFinite'

export interface Spectrum {
  /** Largest eigenvalues, descending. */
  head: number[]
  /** Bins of consecutive smaller ones. */
  tail: { count: number; sum: number }[]
}

export interface Saturation {
  status: Status
  /** 0 where there is no variance or nothing to judge by. */
  k: number
  /** Total variance; null where it is not finite. */
  trace: number | null
  spectrum: Spectrum
}

/**
 * Variance below this share of the squared magnitude of the mean is what float32 features show of rounding alone:
 * the square of half a unit in the last place (2⁻²⁴). Such a layer is constant.
 */
const ROUNDING = 2 ** -48

/**
 * Saturation of a stream of features (arXiv 2006.08679, section 3): never throws on odd data, the status says what
 * was odd. Runs in O(width³).
 * @param rejected observations left out for NaN or infinity; any makes the status `nonFinite`, k being that of the rest.
 */
export function measure(covariance: Covariance, delta: number, rejected = 0): Saturation {
  const empty: Spectrum = { head: [], tail: [] }
  const trace = covariance.trace()
  if (!Number.isFinite(trace)) return { status: 'nonFinite', k: 0, trace: null, spectrum: empty }
  const status = rejected > 0 ? 'nonFinite' : null
  if (covariance.count < 2) return { status: status ?? 'tooFew', k: 0, trace, spectrum: empty }
  let meanSquare = 0
  for (const m of covariance.mean) meanSquare += m * m
  if (trace <= meanSquare * ROUNDING) return { status: status ?? 'constant', k: 0, trace, spectrum: empty }
  const values = eigenvalues(covariance.matrix(), covariance.width)
  return { status: status ?? 'ok', k: dimension(values, delta), trace, spectrum: spectrumOf(values) }
}

function spectrumOf(values: Float64Array): Spectrum {
  const clamped = Array.from(values, (value) => Math.max(0, value))
  const tail: Spectrum['tail'] = []
  for (let i = HEAD; i < clamped.length; i += BIN) {
    const bin = clamped.slice(i, i + BIN)
    tail.push({ count: bin.length, sum: bin.reduce((a, b) => a + b, 0) })
  }
  return { head: clamped.slice(0, HEAD), tail }
}
