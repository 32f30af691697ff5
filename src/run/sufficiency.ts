import type { Measurement } from '../protocol/events.ts'

/** Observations per dimension below which a number is provisional: fewer hardly fill the covariance. */
export const OBSERVATIONS_PER_FEATURE = 10

/** Rows a layer gives per step, as a multiple of its width, while the budget allows: k was unchanged by this sample. */
export const ROWS_PER_FEATURE = 8

/** Whether so many finite observations are enough to judge a layer of this width by. */
export function areEnough(observations: number, width: number): boolean {
  return observations >= OBSERVATIONS_PER_FEATURE * width
}

/** True when a measurement rests on enough finite observations to judge a layer by. */
export function isSettled({ status, observations, width }: Measurement): boolean {
  return (status === 'ok' || status === 'constant') && areEnough(observations, width)
}
