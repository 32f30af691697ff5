import type { Measurement } from '../protocol/events.ts'

/**
 * Observations for each dimension of a layer below which its measurement is provisional. Fewer observations do not
 * estimate the covariance well.
 */
export const OBSERVATIONS_PER_FEATURE = 10

/**
 * Rows of a layer's output that are measured per step while the budget allows, as a multiple of its width. Sampling
 * this many rows did not change k.
 */
export const ROWS_PER_FEATURE = 8

/** True when this number of finite observations is enough to judge a layer of this width. */
export function areEnough(observations: number, width: number): boolean {
  return observations >= OBSERVATIONS_PER_FEATURE * width
}

/** True when a measurement has enough finite observations to judge the layer. */
export function isSettled({ status, observations, width }: Measurement): boolean {
  return (status === 'ok' || status === 'constant') && areEnough(observations, width)
}
