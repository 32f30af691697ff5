import * as tf from '@tensorflow/tfjs'
import { GroupEstimates } from '../../../src/folding/estimates.ts'
import { foldedInPlace } from '../../../src/folding/fold.ts'
import { inherit } from '../../../src/folding/inherit.ts'
import type { Learned } from '../../../src/folding/learned.ts'
import type { RecipeGroup } from '../../../src/folding/recipe.ts'
import { heirOf, layersOf, learned, setWeights, trained, type TrainedModel } from '../../folding/trainedModel.ts'
import { keptUnits, withKeptStatistics } from '../../../src/instrumentation/narrowing/keptStatistics.ts'
import type { Engine, Variable } from '../../../src/instrumentation/tfjs/tfjs.ts'
import { buildModel, dataFor } from './buildProgram.ts'
import type { Description, Widths } from './description.ts'

/** What is wrong with a network that has inherited. */
export interface Fault {
  description: Description
  /** The widths that were changed, by layer. */
  changed: Widths
  message: string
}

/** How one random model's groups were inherited. */
export interface Inheriting {
  /** Groups that were folded, grown and copied. */
  folded: number
  /** Networks with other widths whose outputs were compared. */
  compared: number
  /** Of the other groups, why they are kept. */
  kept: string[]
  faults: Fault[]
}

const STEPS = 2
const engine = tf.engine() as unknown as Engine
/** Largest errors, relative to the largest output: of a narrower network, and of a wider one. */
const NARROWED = 1e-4
const GROWN = 1e-5

/**
 * Trains a random model, and lets models of other widths inherit from it: each group that can be folded alone, and all of
 * them together.
 * @param random numbers in [0, 1)
 * @returns null for a model that cannot be trained as it is
 */
export async function inheritAtRandom(description: Description, random: () => number): Promise<Inheriting | null> {
  try {
    const data = dataFor(description)
    let wide: TrainedModel
    try {
      wide = await trained(() => buildModel(description, description.widths), data, STEPS)
      tf.tidy(() => void wide.model.predict(data.xs))
    } catch {
      // TensorFlow.js does not take every combination of layers, and cannot predict with a recurrent layer's states.
      return null
    }
    return new Heirs(description, wide, data.xs).judge(random)
  } finally {
    tf.disposeVariables()
  }
}

class Heirs {
  readonly #description: Description
  readonly #wide: TrainedModel
  readonly #xs: tf.Tensor[]
  readonly #left: Learned
  readonly #estimates: GroupEstimates
  readonly #before: Float32Array[]
  readonly #result: Inheriting = { folded: 0, compared: 0, kept: [], faults: [] }

  constructor(description: Description, wide: TrainedModel, xs: tf.Tensor[]) {
    this.#description = description
    this.#wide = wide
    this.#xs = xs
    this.#left = learned(wide, xs)
    this.#estimates = new GroupEstimates(wide.recipe, this.#left.moments)
    this.#before = this.#outputsOf(wide.model)
  }

  judge(random: () => number): Inheriting {
    const open: RecipeGroup[] = []
    for (const group of this.#wide.recipe.groups) {
      const reason = group.fixed ?? this.#estimates.reasonToKeep(group)
      if (reason === null) open.push(group)
      else this.#result.kept.push(reason)
    }
    this.#result.folded = open.length
    this.#compare(new Map(), 0, () => this.#before)
    const narrow = new Map(
      open.map(({ id, width, multiple }) => [id, multiple * (1 + Math.floor(random() * (width / multiple - 1)))]),
    )
    // More units would change the statistics of a layer normalisation.
    const normalised = new Set(this.#wide.recipe.normalisations?.map(({ group }) => group))
    const wider = new Map(
      open.map(({ id, width, multiple }) => {
        const added = multiple * (1 + Math.floor(random() * 3))
        return [id, normalised.has(id) ? width : width + added] as const
      }),
    )
    const alone = open.length > 1 ? open.map((group) => [group]) : []
    for (const groups of [...alone, open]) {
      const of = (widths: ReadonlyMap<string, number>) => new Map(groups.map(({ id }) => [id, widths.get(id)!]))
      if (groups.length === 0) continue
      this.#compare(of(narrow), NARROWED, () => this.#foldedOutputs(of(narrow)))
      this.#compare(of(wider), GROWN, () => this.#before)
    }
    return this.#result
  }

  /** Compares the outputs of a network that inherits with what they should be. */
  #compare(widths: ReadonlyMap<string, number>, tolerance: number, expected: () => Float32Array[]): void {
    const changed = this.#argumentsFor(widths)
    const fail = (message: string) => this.#result.faults.push({ description: this.#description, changed, message })
    try {
      const heir = buildModel(this.#description, { ...this.#description.widths, ...changed })
      const { weights, inheritances } = inherit(this.#left, layersOf(heir).map(heirOf))
      const left = inheritances.filter(({ how }) => how === 'left')
      if (left.length > 0) return void fail(left.map(({ layer, reason }) => `${layer} is left: ${reason}`).join('; '))
      setWeights(layersOf(heir), weights)
      const error = relativeError(this.#outputsOf(heir), expected())
      this.#result.compared++
      if (!(error <= tolerance)) fail(`outputs differ by ${error.toExponential(1)} of their scale`)
    } catch (error) {
      fail(`throws ${(error as Error).message}`)
    }
  }

  /** The arguments that give groups these widths. */
  #argumentsFor(widths: ReadonlyMap<string, number>): Widths {
    const { widths: own, factors } = this.#description
    const changed: Record<string, number> = {}
    for (const { id, layers } of this.#wide.recipe.groups) {
      const width = widths.get(id)
      if (width === undefined) continue
      for (const layer of layers) if (layer in own) changed[layer] = width / (factors[layer] ?? 1)
    }
    return changed
  }

  /** Outputs of the wide network with folded weights, which has its own again afterwards. */
  #foldedOutputs(widths: ReadonlyMap<string, number>): Float32Array[] {
    const { recipe, layers, model } = this.#wide
    const folds = new Map(
      recipe.groups.flatMap((group) => {
        const width = widths.get(group.id)
        return width === undefined || width === group.width ? [] : [[group.id, this.#estimates.fold(group, width)]]
      }),
    )
    const byName = new Map(layers.map((layer) => [layer.name, layer]))
    const variable = (layer: string, index: number) =>
      (byName.get(layer)!.weights[index] as unknown as { val: tf.Variable }).val
    const read = (layer: string, index: number) => variable(layer, index).dataSync().slice() as Float32Array
    const folded = foldedInPlace(recipe, folds, read)
    const own = folded.map(({ layer, index }) => ({ layer, index, values: read(layer, index) }))
    const put = (all: typeof folded) =>
      all.forEach(({ layer, index, values }) => {
        variable(layer, index).assign(tf.tensor(values, variable(layer, index).shape))
      })
    put(folded)
    const kept = keptUnits(recipe, folds, (layer, index) => variable(layer, index) as unknown as Variable)
    const outputs = withKeptStatistics(engine, kept, () => this.#outputsOf(model))
    put(own)
    return outputs
  }

  #outputsOf(model: tf.LayersModel): Float32Array[] {
    return tf.tidy(() => [model.predict(this.#xs)].flat().map((output) => output.dataSync().slice() as Float32Array))
  }
}

/** The largest difference, by the largest value of the output. */
function relativeError(actual: readonly Float32Array[], expected: readonly Float32Array[]): number {
  const errors = expected.map((values, i) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    return values.reduce((most, value, at) => Math.max(most, Math.abs(value - actual[i]![at]!) / scale), 0)
  })
  return errors.some(Number.isNaN) ? NaN : Math.max(...errors)
}
