import * as tf from '@tensorflow/tfjs-node'
import { seeded } from '../random.mjs'
import { built } from '../models.mjs'
import { placesOf, weightOf } from './tracedModel.mjs'

/** Training examples that the moments are taken of. */
const MOMENT_EXAMPLES = 2048
/** Examples in one pass of the measuring, which makes all its outputs at once. */
const MOMENT_BATCH = 256
const BATCH = 64

/**
 * @typedef {import('../../../src/folding/narrowingPath.ts').Widths} Widths
 * @typedef {import('../../../src/folding/estimates.ts').GroupFold} GroupFold
 * @typedef {(group: import('../../../src/folding/recipe.ts').RecipeGroup, width: number) => GroupFold} Fold how a group is
 *   made narrower
 */

/** A trained wide network, the ways to make it narrower, and the data to judge it by. */
export class Network {
  /**
   * @param {import('./parts.mjs').Parts} parts @param {import('../models.mjs').OversizedModel} description
   * @param {import('../data.mjs').Split} split @param {import('../../../src/folding/recipe.ts').Recipe} recipe
   * @param {tf.LayersModel} model
   */
  constructor(parts, description, split, recipe, model) {
    this.parts = parts
    this.description = description
    this.split = split
    this.recipe = recipe
    this.model = model
    this.size = new parts.NetworkSize(recipe, model.countParams())
    this.wide = new Map(recipe.groups.map(({ id, width }) => [id, width]))
    this.moments = momentsOf(parts, recipe, model, split.train.xs)
    this.folder = new parts.WeightFolder(
      recipe,
      (layer, index) => /** @type {Float32Array} */ (weightOf(model, layer, index).dataSync()),
    )
  }

  /** Number of parameters. @param {Widths} widths */
  parameters(widths) {
    return this.size.parameters(widths)
  }

  /** The weights that differ, in the shapes of the wide network. @param {Widths} widths @param {Fold} fold */
  folded(widths, fold) {
    return this.folder.fold(this.folds(widths, fold))
  }

  /** @param {Widths} widths @param {Fold} fold */
  folds(widths, fold) {
    /** @type {Map<string, GroupFold>} */
    const folds = new Map()
    for (const group of this.recipe.groups) {
      const width = widths.get(group.id) ?? group.width
      if (width < group.width) folds.set(group.id, fold(group, width))
    }
    return folds
  }

  /**
   * Evaluates the network with other widths, without training.
   * @param {Widths} widths @param {Fold} fold @param {'decides' | 'reports'} half
   */
  narrowedValue(widths, fold, half) {
    const trials = this.folded(widths, fold).map(({ layer, index, values }) => ({
      variable: weightOf(this.model, layer, index),
      values,
    }))
    return this.parts.withTrialWeights(/** @type {any} */ (tf.engine()), trials, () => this.value(this.model, half))
  }

  /** Loss, and the metric in points. @param {tf.LayersModel} model @param {'decides' | 'reports'} half */
  value(model, half) {
    const { xs, ys } = this.split[half]
    return tf.tidy(() => {
      const results = [model.evaluate(xs, ys, { batchSize: 250, verbose: 0 })].flat()
      const [loss, accuracy] = results.map((each) => each.dataSync()[0] ?? NaN)
      if (this.description.metric === 'accuracy') return { loss: loss ?? NaN, result: 100 * (accuracy ?? NaN) }
      const variance = tf.moments(ys, 0).variance.mean().dataSync()[0] ?? NaN
      return { loss: loss ?? NaN, result: 100 * (1 - (loss ?? NaN) / variance) }
    })
  }

  /** A model of other widths, as it is made. @param {Widths} widths */
  made(widths) {
    const widthOf = (/** @type {string} */ name, /** @type {number} */ width) => {
      const group = this.recipe.groups.find(({ layers }) => layers.includes(name))
      return (group && widths.get(group.id)) ?? width
    }
    return built(this.description, this.split.train.xs.shape.slice(1), widthOf)
  }

  /** A model of other widths that has inherited. @param {Widths} widths @param {Fold} fold */
  inherited(widths, fold) {
    const heir = this.made(widths)
    const folds = this.folds(widths, fold)
    const resizings = new Map([...folds].map(([id, { units }]) => [id, { units, added: 0, partSize: units.length }]))
    const folded = new Map(this.folded(widths, fold).map(({ layer, index, values }) => [`${layer} ${index}`, values]))
    tf.tidy(() => {
      for (const layer of this.model.layers)
        layer.weights.forEach((_, index) => {
          const [old, made] = [weightOf(this.model, layer.name, index), weightOf(heir, layer.name, index)]
          const values = folded.get(`${layer.name} ${index}`) ?? old.dataSync()
          const weight = this.recipe.weights.find((each) => each.layer === layer.name && each.index === index)
          const narrow = weight
            ? this.parts.resized(weight, values, resizings, { shape: made.shape, values: made.dataSync() })
            : values
          if (!narrow) throw new Error(`${layer.name} ${index} does not fit`)
          made.assign(tf.tensor(narrow, made.shape))
        })
    })
    return heir
  }
}

/**
 * Measures what reaches each weight that takes the units of a group, by id of the consumer.
 * @param {import('./parts.mjs').Parts} parts @param {import('../../../src/folding/recipe.ts').Recipe} recipe
 * @param {tf.LayersModel} model @param {tf.Tensor} xs
 */
export function momentsOf(parts, recipe, model, xs) {
  const measuring = new parts.ConsumerMoments(/** @type {any} */ (tf.engine()), recipe, placesOf(model))
  const [total = 0, ...size] = xs.shape
  const count = Math.min(MOMENT_EXAMPLES, total)
  for (let from = 0; from < count; from += MOMENT_BATCH)
    measuring.during(() => {
      model.apply(xs.slice([from, ...size.map(() => 0)], [Math.min(MOMENT_BATCH, count - from), ...size]))
    })
  return parts.unpackAll(measuring.moments())
}

/**
 * Trains a model.
 * @param {tf.LayersModel} model @param {import('../data.mjs').Examples} examples @param {number} epochs
 * @param {number} seed @returns {Promise<number>} seconds of processor time
 */
export async function train(model, { xs, ys }, epochs, seed) {
  const began = process.cpuUsage()
  await seeded(seed, () => model.fit(xs, ys, { epochs, batchSize: BATCH, verbose: 0 }))
  return secondsSince(began)
}

/** Seconds of processor time. @param {NodeJS.CpuUsage} began */
export function secondsSince(began) {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}
