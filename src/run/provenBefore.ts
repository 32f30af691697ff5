import type { EventBody } from '../protocol/events.ts'
import type { EarlierProof } from '../protocol/proof.ts'
import type { ProbeTask, ProveTask } from '../protocol/task.ts'
import { DECIDING_WINDOWS } from './endedWindows.ts'
import type { RunState } from './state.ts'

/** Earlier proofs that a proof is given at most. */
const MAX_EARLIER_PROOFS = 3

/**
 * What is known before the weights of a run are proven, where nothing is trained.
 * @param of the run that has trained them
 * @param others further runs that may have proven them, the latest first
 */
export function knownBefore(of: RunState, others: readonly RunState[]): Pick<ProveTask, 'earlier' | 'recorded'> {
  const earlier = [...others, of].flatMap(({ proof }) => earlierProof(proof)).slice(0, MAX_EARLIER_PROOFS)
  const recorded = finalMetrics(of)
  return {
    ...(earlier.length > 0 ? { earlier } : {}),
    ...(Object.keys(recorded).length > 0 ? { recorded } : {}),
  }
}

/**
 * The probes of earlier runs, of which one may be of the same network.
 * @param runs the run whose weights are put in, and others
 */
export function probedBefore(runs: readonly RunState[]): Pick<ProbeTask, 'earlier'> {
  const earlier = runs.flatMap(({ probe }) => probe ?? [])
  return earlier.length > 0 ? { earlier } : {}
}

/** The session's note on what a run has measured whose weights are put in; null where it has measured nothing. */
export function measuredBefore(from: string, { layers }: RunState): EventBody | null {
  const measured = layers.flatMap(({ train, sufficient, windows }) => {
    const measurement = sufficient ?? train
    return measurement ? [{ measurement, windows: windows.slice(-DECIDING_WINDOWS) }] : []
  })
  return measured.length > 0 ? { type: 'measured before', from, layers: measured } : null
}

function earlierProof(proof: RunState['proof']): EarlierProof[] {
  const { basis, tried } = proof ?? {}
  return basis && tried ? [{ basis, tried }] : []
}

/** The metrics of a run's last epoch, if its weights are those of that epoch's end. */
function finalMetrics({ metrics, weights }: RunState): Record<string, number> {
  const final = Object.entries(metrics).flatMap(([name, { x, y }]) => {
    const value = y.at(-1)
    const isFinal = x.at(-1) === weights?.step
    return isFinal && value !== null && value !== undefined ? [[name, value] as const] : []
  })
  return Object.fromEntries(final)
}
