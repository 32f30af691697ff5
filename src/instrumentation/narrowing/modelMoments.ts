import type { WeightPlace } from '../../folding/deriveRecipe.ts'
import type { Recipe } from '../../folding/recipe.ts'
import type { Moments } from '../../saturation/units/moments.ts'
import { fixedBatchSize, type FittedModel } from '../examples/fittedModel.ts'
import { chunksOf } from '../examples/passes/chunks.ts'
import { forward } from '../examples/passes/forward.ts'
import { undisturbed } from '../examples/passes/undisturbed.ts'
import { ConsumerMoments } from './consumerMoments.ts'

/**
 * Measures what reaches the consumers of a recipe in a forward pass over the examples of the training that are held.
 * The program does not notice.
 * @param placeOf by tensor id: the layer's weight; null for any other tensor
 * @returns moments by id of the consumer, of those in this model
 */
export function modelMoments(
  { engine, model, training }: Pick<FittedModel, 'engine' | 'model' | 'training'>,
  recipe: Recipe,
  placeOf: (tensor: number) => WeightPlace | null,
): Map<string, Moments> {
  if (recipe.consumers.length === 0 || training.length === 0) return new Map()
  const measuring = new ConsumerMoments(engine, recipe, placeOf)
  undisturbed(engine, model, () => {
    for (const chunk of chunksOf(training, fixedBatchSize(model), 1))
      measuring.during(() => void forward(engine, model, chunk))
  })
  return measuring.moments()
}
