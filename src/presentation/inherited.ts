import type { Inheritance } from '../protocol/events.ts'
import type { RunState } from '../run/state.ts'
import { pluralise } from './numbers.ts'

/** Layers left as they were made that are named at most. */
const MAX_NAMED = 10

/**
 * What a run has inherited, `inherits 5 of 6 layers from first.jsonl (3 narrowed); left as made: output (its weights had
 * other shapes)`; null where it inherits nothing.
 */
export function describeInherited({ inherited }: Pick<RunState, 'inherited'>): string | null {
  if (!inherited) return null
  const { from, layers } = inherited
  const count = (how: Inheritance['how']): number => layers.filter((layer) => layer.how === how).length
  const left = layers.filter(({ how }) => how === 'left')
  const changed = (['narrowed', 'grown'] as const).filter((how) => count(how) > 0).map((how) => `${count(how)} ${how}`)
  const share = `inherits ${layers.length - left.length} of ${pluralise(layers.length, 'layer')} from ${from}`
  const how = changed.length > 0 ? ` (${changed.join(', ')})` : ''
  return `${share}${how}${left.length > 0 ? `; left as made: ${names(left)}` : ''}`
}

function names(left: readonly Inheritance[]): string {
  const shown = left.slice(0, MAX_NAMED).map(({ layer, reason }) => (reason === null ? layer : `${layer} (${reason})`))
  return `${shown.join(', ')}${left.length > MAX_NAMED ? ` and ${left.length - MAX_NAMED} more` : ''}`
}

/** A sentence made of words that begin in lower case. */
export function asSentence(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.`
}

/** `No training: weights of first.jsonl`, of a run that only evaluates what an earlier one has learned; null of others. */
export function noTraining({
  attached,
  inherited,
  progress,
}: Pick<RunState, 'attached' | 'inherited' | 'progress'>): string | null {
  if (attached?.trains !== false || progress !== null) return null
  return inherited === null ? 'No training' : `No training: weights of ${inherited.from}`
}
