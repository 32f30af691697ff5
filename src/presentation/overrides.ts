import { describeOverride, type Override } from '../protocol/overrides.ts'

/** The overrides of a run in words, `hidden2.units = 24, dropout.rate = 0.3`; null where there are none. */
export function describeOverrides(overrides: readonly Override[]): string | null {
  return overrides.length === 0 ? null : overrides.map(describeOverride).join(', ')
}
