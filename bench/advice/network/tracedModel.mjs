/**
 * Derives the recipe of a model from one training step, as the monitor does it in a process of its own.
 */
import * as tf from '@tensorflow/tfjs-node'

/** @typedef {import('../../../src/folding/recipe.ts').Recipe} Recipe */

export class Tracing {
  /** @type {any} */
  #graph = null
  /** @type {any} */
  #widths = null
  /** @type {any} */
  #trace = null
  #isTraining = false
  #parts

  /** @param {import('./parts.mjs').Parts} parts */
  constructor(parts) {
    this.#parts = parts
    const engine = /** @type {any} */ (tf.engine())
    parts.watchTrainingSteps(engine, {
      beginStep: (variables) => {
        if (!this.#graph) return
        this.#isTraining = true
        this.#graph.beginPass(new Set(variables))
        this.#trace = this.#widths.beginStep(engine, new Set(variables))
      },
      recorded: (forward) => {
        const recorder = this.#trace
        return recorder ? () => recorder.during(forward) : forward
      },
      endStep: (loss) => {
        if (!this.#isTraining) return
        this.#isTraining = false
        this.#trace = null
        this.#widths.endStep(loss)
        this.#graph.endPass()
      },
      saliency: (depth) => this.#trace?.ignore(depth > 0),
    })
    parts.tapOutputs(/** @type {any} */ (tf.layers.dense({ units: 1 })), {
      beforeCall: () => {},
      active: () => this.#isTraining,
      entered: (...call) => this.#trace?.enter(...call),
      left: (layer) => this.#trace?.leave(layer),
      output: (layer, inputs, output) =>
        this.#widths.called(this.#graph.called(layer, inputs, output, 'train').info.id, layer, output),
    })
  }

  /** Takes one training step, which changes the model. @param {tf.LayersModel} model @param {tf.Tensor} xs @param {tf.Tensor} ys @returns {Promise<Recipe>} */
  async recipeOf(model, xs, ys) {
    this.#graph = new this.#parts.LayerGraph()
    const graph = this.#graph
    this.#widths = new this.#parts.TracedWidths((id) => graph.factsOf(id))
    await model.trainOnBatch(xs, ys)
    this.#widths.update()
    const recipe = this.#widths.recipe(placesOf(model))
    this.#graph = this.#widths = null
    return recipe
  }
}

/** By tensor id of a weight: its layer and index. @param {tf.LayersModel} model */
export function placesOf(model) {
  /** @type {Map<number, { layer: string, index: number }>} */
  const places = new Map()
  for (const layer of model.layers)
    layer.weights.forEach((weight, index) => places.set(variableOf(weight).id, { layer: layer.name, index }))
  return (/** @type {number} */ id) => places.get(id) ?? null
}

/** @param {tf.LayersModel} model @param {string} layer @param {number} index @returns {any} */
export function weightOf(model, layer, index) {
  return variableOf(model.getLayer(layer).weights[index])
}

/** @param {unknown} weight @returns {tf.Variable} */
function variableOf(weight) {
  return /** @type {{ val: tf.Variable }} */ (weight).val
}
