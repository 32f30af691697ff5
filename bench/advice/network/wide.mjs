import { existsSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { built } from '../models.mjs'
import { Network, train } from './network.mjs'
import { seeded } from '../random.mjs'

/**
 * Trains a wide network, or reads the one that an earlier benchmark has trained, and measures what folding needs.
 * @param {import('./parts.mjs').Parts} parts @param {import('./tracedModel.mjs').Tracing} tracing
 * @param {{ name: string, description: import('../models.mjs').OversizedModel, seed: number, split: import('../data.mjs').Split, folder: string }} options
 *   folder for trained networks
 */
export async function wideNetwork(parts, tracing, { name, description, seed, split, folder }) {
  const { train: examples } = split
  const shape = examples.xs.shape.slice(1)
  const make = () => seeded(seed, () => built(description, shape, (_, width) => width))
  const file = path.join(folder, `${name}-${seed}-${examples.xs.shape[0]}-${description.epochs}`)
  if (!existsSync(path.join(file, 'model.json'))) {
    const model = await make()
    await train(model, examples, description.epochs, seed)
    mkdirSync(folder, { recursive: true })
    await model.save(`file://${file}`)
  }
  const model = await make()
  const saved = await tf.loadLayersModel(`file://${path.join(file, 'model.json')}`)
  model.setWeights(saved.getWeights())
  return new Network(parts, description, split, await recipeOf(tracing, make, examples), model)
}

/**
 * @param {import('./tracedModel.mjs').Tracing} tracing
 * @param {() => Promise<tf.LayersModel>} make a step changes weights, so another model is traced
 * @param {import('../data.mjs').Examples} examples
 */
export async function recipeOf(tracing, make, examples) {
  const traced = await make()
  const few = (/** @type {tf.Tensor} */ all) =>
    all.slice(
      all.shape.map(() => 0),
      [8, ...all.shape.slice(1)],
    )
  const recipe = await tracing.recipeOf(traced, few(examples.xs), few(examples.ys))
  traced.dispose()
  return recipe
}
