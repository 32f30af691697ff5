import { checkDelta } from '../saturation/dimension.ts'
import type { EigenspaceProjectionArgs } from './layers.d.ts'

/** The arguments with their defaults. @throws RangeError when one is out of range. */
export function withDefaults(args: EigenspaceProjectionArgs): Required<Omit<EigenspaceProjectionArgs, 'name'>> {
  const {
    delta = 0.99,
    enabled = true,
    basis = 'eigenspace',
    seed = 1,
    centred = true,
    axis = -1,
    momentum = 0.99,
  } = args
  checkDelta(delta)
  if (!(momentum > 0 && momentum <= 1)) throw new RangeError(`momentum must be in (0, 1], got ${momentum}`)
  if (basis !== 'eigenspace' && basis !== 'random') throw new RangeError(`there is no basis ${String(basis)}`)
  if (!Number.isInteger(axis) || axis === 0) throw new RangeError(`the features cannot be on axis ${axis}`)
  return { delta, enabled, basis, seed, centred, axis, momentum }
}
