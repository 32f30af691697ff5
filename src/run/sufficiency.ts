import type { Measurement } from '../protocol/measurement.ts'

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

/**
 * Effective observations for each dimension of a layer below which its measurement is provisional. It is half of
 * `OBSERVATIONS_PER_FEATURE`, because independent rows of real layers count as 0.4 to 1 effective ones: their tails are
 * heavier than a Gaussian's (docs/effective-observations.md). So ordinary rows are judged after as many as ever, and
 * rows that repeat or depend on each other after more.
 */
export const EFFECTIVE_PER_FEATURE = 5

/**
 * Fewest steps of a window in training without epochs. A hundred steps are long enough that the number is not that of
 * a few batches, and short enough that a layer that dies is reported within seconds.
 */
export const STEPS_PER_WINDOW = 100

/**
 * True when this number of finite observations is enough to judge a layer of this width.
 * @param effective how many independent observations they are worth
 */
export function areEnough(observations: number, width: number, effective = observations): boolean {
  return observations >= OBSERVATIONS_PER_FEATURE * width && effective >= EFFECTIVE_PER_FEATURE * width
}

/** True when a measurement would be sufficient if its rows did not repeat or depend on each other. */
export function isDependent({ observations, width, effective }: Measurement): boolean {
  return areEnough(observations, width) && !areEnough(observations, width, effective)
}

/** True when a measurement has enough finite observations to judge the layer. */
export function isSufficient({ status, observations, width, effective }: Measurement): boolean {
  return (status === 'ok' || status === 'constant') && areEnough(observations, width, effective)
}
