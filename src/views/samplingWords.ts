import type { Sampling } from '../run/events.ts'
import { ROWS_PER_FEATURE } from '../run/observations.ts'

/**
 * What the monitor leaves out to keep to its budget, such as `up to 2 of 8 rows per feature, each layer in 1 of 2.5
 * steps`; null where it leaves out nothing.
 */
export function samplingWords(sampling: Sampling | null | undefined): string | null {
  if (!sampling) return null
  const { rowsPerFeature: rows, layerStride: stride } = sampling
  const parts = [
    rows !== null && rows < ROWS_PER_FEATURE ? `up to ${short(rows)} of ${ROWS_PER_FEATURE} rows per feature` : null,
    stride > 1 ? `each layer in 1 of ${short(stride)} steps` : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

function short(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en')
}
