import { readLearned } from '../learned/learnedFile.ts'
import type { Recipe } from '../folding/recipe.ts'
import type { Override } from '../protocol/overrides.ts'
import type { Proof } from '../protocol/proof.ts'
import type { RunState } from '../run/state.ts'
import { weightsFileOf } from '../runner/history/weightsFile.ts'
import { ExperimentError } from './experimentError.ts'
import type { Training } from './training.ts'

/** A training that narrower networks are made from. */
export interface Wide {
  readonly training: Training
  readonly proof: Proof
  readonly recipe: Recipe
}

/** Checks that narrower networks can be made from a training. @throws ExperimentError when they cannot. */
export function wideOf(training: Training): Wide {
  const { state, log } = training
  if (state.ended?.how !== 'completed')
    throw new ExperimentError(`The training of the script failed. ${state.ended?.message ?? ''}`)
  const { proof } = state
  if (!proof) throw new ExperimentError(whyUnproven(state) ?? 'No width can be proven: the training reported none.')
  try {
    return { training, proof, recipe: readLearned(weightsFileOf(log)).recipe }
  } catch (error) {
    throw new ExperimentError(`The weights of ${log} cannot be inherited: ${(error as Error).message}.`)
  }
}

/** Why a training has no proof; null where it has one, or does not say. */
export function whyUnproven({ problems }: RunState): string | null {
  return problems.find(({ message }) => message.startsWith('No width can be proven'))?.message ?? null
}

/** Widths by name of the layer. @param widths by id */
export function namedWidths(widths: Readonly<Record<string, number>>, { layers }: RunState): Record<string, number> {
  const nameOf = (id: string): string => layers.find((layer) => layer.id === id)?.name ?? id
  return Object.fromEntries(Object.entries(widths).map(([id, width]) => [nameOf(id), width]))
}

/** The overrides that give layers these widths. @param widths by name */
export function widthOverrides(widths: Readonly<Record<string, number>>): Override[] {
  return Object.entries(widths).map(([layer, value]) => ({ layer, property: 'width', value }))
}

/** The override of an argument of `fit`. */
export function fitOverride(property: 'epochs' | 'initialEpoch', value: number): Override {
  return { layer: 'fit', property, value }
}
