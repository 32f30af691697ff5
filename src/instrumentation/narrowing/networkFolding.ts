import type { WeightPlace } from '../../folding/deriveRecipe.ts'
import type { Learned } from '../../folding/learned.ts'
import type { Recipe } from '../../folding/recipe.ts'
import { packMoments, type PackedLearned, type PackedMoments } from '../../learned/packedMoments.ts'
import { fixedBatchSize, type FittedModel } from '../examples/fittedModel.ts'
import { chunksOf } from '../examples/passes/chunks.ts'
import { forward } from '../examples/passes/forward.ts'
import { layersWithin, undisturbed } from '../examples/passes/undisturbed.ts'
import type { ConstructedLayers } from '../learned/constructedLayers.ts'
import type { Layer, Variable } from '../tfjs/tfjs.ts'
import { ConsumerMoments } from './consumerMoments.ts'

/** Returns where a tensor is among the layers' weights; null for any other tensor. */
type PlaceOf = (tensor: number) => WeightPlace | null

/** How a trained network can be folded: its recipe, and the moments of what its weights take. */
export interface Foldable {
  readonly recipe: Recipe
  /** By id of the consumer; packed, as only a proof needs them otherwise. */
  readonly moments: ReadonlyMap<string, PackedMoments>
  /** Returns the variable of a layer's weight. @throws RangeError when there is no such weight. */
  variableOf(layer: string, index: number): Variable
}

/** Milliseconds after which no further batch is measured: a program that has ended is not to be kept for long. */
const MAX_MEASURING_MS = 15_000

/** How networks can be folded. */
type Known = Pick<Learned, 'recipe' | 'moments'>

/** What the folding of networks depends on. */
interface FoldingContext {
  layers: ConstructedLayers
  /** A layer's id in the run; null for one that has no part in it. */
  idOf(layer: Layer): string | null
  /** How weights take part in widths, from the training steps so far. */
  recipeOf(placeOf: PlaceOf): Recipe
  /** What is known of the network whose weights were put in, where nothing is trained; else null. */
  before(): Known | null
}

/** Finds how networks can be folded, in forward passes of our own over held examples of their training. */
export class NetworkFolding {
  readonly #context: FoldingContext
  /** Moments that were measured last, by id of the consumer, of all models; packed, as they are held to the end. */
  readonly #moments = new Map<string, PackedMoments>()
  /** What was measured, as several tasks follow the same training. */
  readonly #measured = new WeakMap<FittedModel, Foldable>()

  constructor(context: FoldingContext) {
    this.#context = context
  }

  /** What is known by now of all models. */
  get known(): Pick<PackedLearned, 'recipe' | 'moments'> {
    const recipe = this.#context.recipeOf(this.#places().placeOf)
    const consumers = new Set([...recipe.consumers, ...(recipe.normalisations ?? [])].map(({ id }) => id))
    for (const id of this.#moments.keys()) if (!consumers.has(id)) this.#moments.delete(id)
    return { recipe, moments: this.#moments }
  }

  /**
   * Measures a model, on as many of its training's examples as there is time for. Groups that have a layer outside of it
   * are not among its own. Where nothing is trained, what was measured at the end of the training is taken.
   * @throws Error with a sentence for the user, where weights were put in that have other shapes than they had.
   */
  of(fitted: FittedModel): Foldable {
    const known = this.#measured.get(fitted)
    if (known) return known
    const foldable = this.#measure(fitted)
    this.#measured.set(fitted, foldable)
    return foldable
  }

  #measure(fitted: FittedModel): Foldable {
    const { placeOf, variables, ids } = this.#places()
    const before = this.#context.before()
    const whole = before?.recipe ?? this.#context.recipeOf(placeOf)
    const within = new Set(layersWithin(fitted.model).flatMap((layer) => ids.get(layer) ?? []))
    const recipe = recipeWithin(whole, within)
    const moments = momentsOf(recipe, before) ?? measured(fitted, recipe, placeOf)
    for (const [consumer, each] of moments) this.#moments.set(consumer, each)
    const variableOf = (layer: string, index: number): Variable => {
      const variable = variables.get(layer)?.[index]
      if (!variable) throw new RangeError(`there is no weight ${index} of ${layer}`)
      return variable
    }
    for (const { layer, index, shape } of before ? recipe.weights : [])
      if (variableOf(layer, index).shape.join() !== shape.join()) throw new Error(otherShapes(layer))
    return { recipe, moments, variableOf }
  }

  #places(): {
    placeOf: PlaceOf
    variables: ReadonlyMap<string, readonly Variable[]>
    ids: ReadonlyMap<Layer, string>
  } {
    const { layers, idOf } = this.#context
    const identified = layers.identified(idOf)
    const places = new Map(
      identified.flatMap(({ id: layer, variables }) =>
        variables.map(({ id }, index) => [id, { layer, index }] as const),
      ),
    )
    return {
      placeOf: (tensor) => places.get(tensor) ?? null,
      variables: new Map(identified.map(({ id, variables }) => [id, variables])),
      ids: new Map(identified.map(({ id, layer }) => [layer, id])),
    }
  }
}

/** Measures what reaches the consumers of a recipe, on as many of the training's examples as there is time for. */
function measured(
  { engine, model, training }: FittedModel,
  recipe: Recipe,
  placeOf: PlaceOf,
): Map<string, PackedMoments> {
  const measuring = new ConsumerMoments(engine, recipe, placeOf)
  const until = performance.now() + MAX_MEASURING_MS
  for (const chunk of chunksOf(training, fixedBatchSize(model), 1)) {
    undisturbed(engine, model, () => measuring.during(() => void forward(engine, model, chunk)))
    if (performance.now() > until) break
  }
  return measuring.moments()
}

/** The moments that an earlier run has left; null where it has not left those of each consumer. */
function momentsOf(
  { consumers, normalisations = [] }: Recipe,
  before: Known | null,
): Map<string, PackedMoments> | null {
  const moments = new Map<string, PackedMoments>()
  for (const { id } of [...consumers, ...normalisations]) {
    const known = before?.moments.get(id)
    if (!known) return null
    moments.set(id, packMoments(known))
  }
  return before && moments
}

function otherShapes(layer: string): string {
  return `${layer} has another width than in the run whose weights were put in, and without a training step nothing shows how it can be narrowed.`
}

/** The part of a recipe that belongs to some layers. */
function recipeWithin(
  { groups, weights, consumers, normalisations = [], flops }: Recipe,
  layers: ReadonlySet<string>,
): Recipe {
  // A layer within a layer of the program has no weights of its own: the outer one has them.
  const hasOthers = (group: string) =>
    weights.some(({ layer, axes }) => !layers.has(layer) && axes.some((axis) => axis.group === group))
  const own = groups.filter(({ id }) => !hasOthers(id))
  const ids = new Set(own.map(({ id }) => id))
  return {
    groups: own,
    weights: weights.filter(({ layer }) => layers.has(layer)),
    consumers: consumers.filter(({ group, layer }) => ids.has(group) && layers.has(layer)),
    normalisations: normalisations.filter(({ group }) => ids.has(group)),
    // Operations are counted for all models of the step together.
    ...(flops !== undefined && own.length === groups.length ? { flops } : {}),
  }
}
