import type { Sampling } from '../protocol/measurement.ts'
import { ROWS_PER_FEATURE } from '../run/sufficiency.ts'
import { number } from './numbers.ts'

/**
 * What the monitor leaves out to keep to its budget, such as `up to 2 of 8 observations per dimension, each layer in 1 of
 * 2.5 steps`; null where it leaves out nothing that two digits would show.
 */
export function describeSampling(sampling: Sampling | null | undefined): string | null {
  if (!sampling) return null
  const { rowsPerFeature: rows, layerStride: stride } = sampling
  const parts = [
    rows !== null && rounded(rows) < ROWS_PER_FEATURE
      ? `up to ${readable(rows)} of ${ROWS_PER_FEATURE} observations per dimension`
      : null,
    rounded(stride) > 1 ? `each layer in 1 of ${readable(stride)} steps` : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

function rounded(value: number): number {
  return Number(value.toPrecision(2))
}

function readable(value: number): string {
  return number(rounded(value))
}
