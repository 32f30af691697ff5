import type { RunState } from '../run/state.ts'

/** `No training: weights of first.jsonl`, of a run that only evaluates what an earlier one has learned; null of others. */
export function noTraining({
  attached,
  inherited,
  progress,
}: Pick<RunState, 'attached' | 'inherited' | 'progress'>): string | null {
  if (attached?.trains !== false || progress !== null) return null
  return inherited === null ? 'No training' : `No training: weights of ${inherited.from}`
}
