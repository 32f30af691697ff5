import type { RunState } from '../run/state.ts'

/** Why a training failed; null where it did not. */
export function failureOf({ ended, problems }: Pick<RunState, 'ended' | 'problems'>): string | null {
  if (ended?.how === 'completed') return null
  // The process reports an error of the program as a problem right before its end.
  const reason = problems.findLast(({ layer }) => layer === null)?.message
  return [ended?.message ?? 'The training did not end.', ...(reason === undefined ? [] : [reason])].join(' ')
}
