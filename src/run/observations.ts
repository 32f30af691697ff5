import type { Measurement } from './events.ts'

/** Observations per feature below which a number is provisional: fewer hardly fill the covariance. */
export const OBSERVATIONS_PER_FEATURE = 10

/** True when a measurement rests on enough finite observations to judge a layer by. */
export function isSettled({ status, observations, width }: Measurement): boolean {
  return (status === 'ok' || status === 'constant') && observations >= OBSERVATIONS_PER_FEATURE * width
}
