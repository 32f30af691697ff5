import { Covariance } from '../covariance.ts'
import { uniformGenerator } from '../linalg/uniform.ts'
import { measure } from '../measure.ts'

/** Replicates that are wanted: enough for the ends of a 95 % interval. */
const REPLICATES = 200
/** Replicates below which the ends of the interval are not told. */
const MIN_REPLICATES = 40
/** Blocks below which a bootstrap knows too little of how they vary. */
const MIN_BLOCKS = 8
/** Seed of the draws: the same blocks give the same band. */
const SEED = 0xb007

/** A dimension over several blocks of observations, and how sure it is. */
export interface BootstrappedDimension {
  k: number
  /** 95 % confidence band; null where there are fewer than 8 blocks, or there was no time. */
  band: { low: number; high: number } | null
  replicates: number
}

/** Merges covariances of one width (Chan, Golub and LeVeque 1979): the result is that of all their observations together. */
export function pooled(parts: readonly Covariance[]): Covariance {
  const whole = new Covariance(parts[0]!.width)
  for (const part of parts) whole.merge(part)
  return whole
}

/**
 * k of all blocks together, with the basic bootstrap interval over blocks: whole blocks are drawn with replacement, because
 * rows of one example depend on each other (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, equation
 * 5.6; section 3.8 on data in groups). The basic interval corrects that a draw, which repeats blocks, has fewer
 * dimensions than all of them.
 * @param blocks of independent examples, at least one
 * @param hasTime asked before each replicate
 */
export function bootstrapDimension(
  blocks: readonly Covariance[],
  delta: number,
  hasTime: () => boolean = () => true,
): BootstrappedDimension {
  const { k } = measure(pooled(blocks), delta)
  const uniform = uniformGenerator(SEED)
  const drawn: number[] = []
  while (blocks.length >= MIN_BLOCKS && drawn.length < REPLICATES && hasTime()) {
    const draw = blocks.map(() => blocks[Math.floor(uniform() * blocks.length)]!)
    drawn.push(measure(pooled(draw), delta).k)
  }
  if (drawn.length < MIN_REPLICATES) return { k, band: null, replicates: drawn.length }
  drawn.sort((a, b) => a - b)
  const quantile = (share: number) => drawn[Math.min(drawn.length - 1, Math.floor(share * drawn.length))]!
  const within = (value: number) => Math.max(0, Math.min(blocks[0]!.width, value))
  const band = { low: within(2 * k - quantile(0.975)), high: within(2 * k - quantile(0.025)) }
  return { k, band: { low: Math.min(k, band.low), high: Math.max(k, band.high) }, replicates: drawn.length }
}
