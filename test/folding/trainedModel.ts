import * as tf from '@tensorflow/tfjs'
import type { WeightPlace } from '../../src/folding/deriveRecipe.ts'
import type { Heir, Learned, LearnedLayer } from '../../src/folding/learned.ts'
import type { Recipe } from '../../src/folding/recipe.ts'
import { LayerGraph } from '../../src/instrumentation/graph/layerGraph.ts'
import type { StepTrace } from '../../src/instrumentation/graph/stepTrace.ts'
import { TracedWidths } from '../../src/instrumentation/graph/tracedWidths.ts'
import { tapOutputs } from '../../src/instrumentation/hooks/layerOutputs.ts'
import { watchTrainingSteps } from '../../src/instrumentation/hooks/trainingSteps.ts'
import { unpackAll } from '../../src/learned/packedMoments.ts'
import { ConsumerMoments } from '../../src/instrumentation/narrowing/consumerMoments.ts'
import type { Engine, Layer } from '../../src/instrumentation/tfjs/tfjs.ts'

const engine = tf.engine() as unknown as Engine
let graph = new LayerGraph()
let widths = new TracedWidths((id) => graph.factsOf(id))
let trace: StepTrace | null = null
let isTraining = false

function watch(): void {
  watchTrainingSteps(engine, {
    beginStep: (variables) => {
      isTraining = true
      graph.beginPass(new Set(variables))
      trace = widths.beginStep(engine, new Set(variables))
    },
    recorded: (forward) => {
      const recorder = trace
      return recorder ? () => recorder.during(forward) : forward
    },
    endStep: (loss) => {
      isTraining = false
      trace = null
      widths.endStep(loss)
      graph.endPass()
    },
    saliency: (depth) => trace?.ignore(depth > 0),
  })
  tapOutputs(tf.layers.dense({ units: 1 }) as unknown as Layer, {
    beforeCall: () => {},
    active: () => isTraining,
    entered: (...call) => trace?.enter(...call),
    left: (layer) => trace?.leave(layer),
    output: (layer, inputs, output) =>
      widths.called(graph.called(layer, inputs, output, 'train').info.id, layer, output),
  })
}

/** A model whose layers' weights can be read by name. */
export interface TrainedModel {
  readonly model: tf.LayersModel
  readonly layers: readonly tf.layers.Layer[]
  readonly recipe: Recipe
}

/** Trains a model for a few steps, recorded. */
export async function trained(
  build: () => tf.LayersModel,
  data: { xs: tf.Tensor | tf.Tensor[]; ys: tf.Tensor | tf.Tensor[] },
  epochs = 3,
): Promise<TrainedModel> {
  watch()
  graph = new LayerGraph()
  widths = new TracedWidths((id) => graph.factsOf(id))
  const model = build()
  await model.fit(data.xs, data.ys, { epochs, verbose: 0, shuffle: false })
  widths.update()
  const layers = flat(model)
  const places = new Map<number, WeightPlace>()
  for (const layer of layers)
    layer.weights.forEach((weight, index) => places.set(idOf(weight), { layer: layer.name, index }))
  return { model, layers, recipe: widths.recipe((id) => places.get(id) ?? null) }
}

function flat(layer: tf.layers.Layer): tf.layers.Layer[] {
  const inner = (layer as tf.LayersModel).layers as tf.layers.Layer[] | undefined
  return inner ? inner.flatMap(flat) : layer.weights.length > 0 ? [layer] : []
}

const idOf = (weight: unknown): number => (weight as { val: tf.Variable }).val.id

/** What the model leaves for the next one, with moments of these inputs. */
export function learned({ model, layers, recipe }: TrainedModel, xs: tf.Tensor | tf.Tensor[]): Learned {
  const places = new Map<number, WeightPlace>()
  for (const layer of layers)
    layer.weights.forEach((weight, index) => places.set(idOf(weight), { layer: layer.name, index }))
  const measuring = new ConsumerMoments(engine, recipe, (id) => places.get(id) ?? null)
  measuring.during(() => void model.apply(xs))
  return {
    layers: layers.map(heirOf).map((heir): LearnedLayer => ({ ...heir, id: heir.name })),
    recipe,
    moments: unpackAll(measuring.moments()),
  }
}

/** A layer as the next run makes it. */
export function heirOf(layer: tf.layers.Layer): Heir {
  const weights = layer.weights.map((weight) => {
    const value = weight.read()
    return { shape: value.shape, values: value.dataSync().slice() as Float32Array }
  })
  return { name: layer.name, kind: layer.getClassName(), file: null, line: null, weights }
}

/** Puts inherited weights into a model's layers. */
export function setWeights(layers: readonly tf.layers.Layer[], weights: ReadonlyMap<number, Float32Array[]>): void {
  for (const [index, values] of weights) {
    const layer = layers[index]!
    layer.setWeights(values.map((value, i) => tf.tensor(value, layer.weights[i]!.shape as number[])))
  }
}

export const layersOf = (model: tf.LayersModel): tf.layers.Layer[] => flat(model)
