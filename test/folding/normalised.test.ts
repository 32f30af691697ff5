import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { GroupEstimates, type GroupFold } from '../../src/folding/estimates.ts'
import { foldedInPlace } from '../../src/folding/fold.ts'
import { inherit } from '../../src/folding/inherit.ts'
import { restorationOf } from '../../src/folding/units/normalisation.ts'
import { keptUnits, withKeptStatistics } from '../../src/instrumentation/narrowing/keptStatistics.ts'
import type { Engine, Variable } from '../../src/instrumentation/tfjs/tfjs.ts'
import { heirOf, layersOf, learned, setWeights, trained } from './trainedModel.ts'

const { layers } = tf
const WIDTH = 24
const engine = tf.engine() as unknown as Engine

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** A block with a residual connection, normalised before each weight that takes it; always with the same weights. */
function build(width: number): tf.LayersModel {
  const seeded = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) })
  const input = tf.input({ shape: [6] })
  const first = layers.dense({ name: 'first', units: width, ...seeded(1) }).apply(input)
  const normalised = layers.layerNormalization({ name: 'before' }).apply(first)
  const inner = layers.dense({ name: 'inner', units: 8, activation: 'relu', ...seeded(2) }).apply(normalised)
  const sum = layers
    .add()
    .apply([first, layers.dense({ name: 'second', units: width, ...seeded(3) }).apply(inner)] as never)
  const last = layers.layerNormalization({ name: 'after' }).apply(sum)
  const outputs = layers.dense({ name: 'out', units: 2, ...seeded(4) }).apply(last) as tf.SymbolicTensor
  const model = tf.model({ inputs: input, outputs })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  return model
}

const xs = () => tf.randomNormal([200, 6], 0, 1, 'float32', 5)
const outputOf = (model: tf.LayersModel) => (model.predict(xs()) as tf.Tensor).dataSync()
const meanSquare = (values: number[]) => values.reduce((sum, value) => sum + value ** 2, 0) / values.length
const errorOf = (a: ArrayLike<number>, b: ArrayLike<number>) => meanSquare(Array.from(a, (value, i) => value - b[i]!))

describe('units behind a layer normalisation', async () => {
  const wide = await trained(() => build(WIDTH), { xs: xs(), ys: tf.randomNormal([200, 2], 0, 1, 'float32', 6) }, 10)
  const left = learned(wide, xs())
  const estimates = new GroupEstimates(wide.recipe, left.moments)
  const group = wide.recipe.groups.find((each) => each.layers.includes('first'))!
  const heir = (width: number) => {
    const model = build(width)
    const { weights, inheritances } = inherit(left, layersOf(model).map(heirOf))
    setWeights(layersOf(model), weights)
    return { model, left: inheritances.filter(({ how }) => how === 'left') }
  }

  it('can be folded, with the weights of each normalisation', () => {
    expect(group).toMatchObject({ layers: ['first', 'second'], width: WIDTH, fixed: null, kept: null })
    expect(wide.recipe.normalisations).toMatchObject([
      { group: group.id, scale: { layer: 'before', index: 0 }, offset: { layer: 'before', index: 1 } },
      { group: group.id, scale: { layer: 'after', index: 0 }, offset: { layer: 'after', index: 1 } },
    ])
  })

  it('have the same outputs to the bit with all units', () => {
    expect(errorOf(outputOf(heir(WIDTH).model), outputOf(wide.model))).toBe(0)
  })

  it('are normalised in a proof as in the narrower network, which is near the wide one', () => {
    const before = outputOf(wide.model)
    const width = 22
    const narrow = heir(width)
    expect(narrow.left).toEqual([])
    const byName = new Map(wide.layers.map((layer) => [layer.name, layer]))
    const variable = (layer: string, index: number) => byName.get(layer)!.weights[index]!.read() as tf.Variable
    const fold = estimates.fold(group, width)
    const wideValues = new Map(
      wide.layers.flatMap(({ name, weights }) =>
        weights.map((weight, i) => [`${name} ${i}`, weight.read().dataSync().slice()] as const),
      ),
    )
    const put = (layer: string, index: number, values: Float32Array) =>
      variable(layer, index).assign(tf.tensor(values, variable(layer, index).shape))
    const inPlace = (folds: ReadonlyMap<string, GroupFold>) => {
      const folded = foldedInPlace(
        wide.recipe,
        folds,
        (layer, index) => wideValues.get(`${layer} ${index}`) as Float32Array,
      )
      for (const { layer, index, values } of folded) put(layer, index, values)
      const kept = keptUnits(wide.recipe, folds, (layer, index) => variable(layer, index) as unknown as Variable)
      const outputs = withKeptStatistics(engine, kept, () => outputOf(wide.model))
      for (const { layer, index } of folded) put(layer, index, wideValues.get(`${layer} ${index}`) as Float32Array)
      return outputs
    }
    const { runKernel } = engine
    const restored = inPlace(new Map([[group.id, fold]]))
    expect(engine.runKernel).toBe(runKernel)
    expect(outputOf(wide.model)).toEqual(before)
    expect(Math.sqrt(errorOf(restored, outputOf(narrow.model)))).toBeLessThan(1e-5)
    expect(errorOf(restored, before) / meanSquare(Array.from(before))).toBeLessThan(0.1)
  })

  it('are not grown: more units would change the mean', () => {
    expect(heir(WIDTH + 4).left[0]!.reason).toBe(
      'more units would change the mean and variance that its normalisation takes',
    )
  })
})

describe('restorationOf', () => {
  it('is none for all units', () => {
    // Normalised units have the mean 0 and the square 1 in each example; here each of them in all examples alike.
    const signs = [1, -1, 1, -1]
    const covariance = Float64Array.from({ length: 16 }, (_, i) => signs[i >> 2]! * signs[i & 3]!)
    const { scale, shift } = restorationOf({ mean: new Float64Array(4), covariance }, [0, 1, 2, 3])
    expect([...scale]).toEqual([1, 1, 1, 1])
    expect([...shift]).toEqual([0, 0, 0, 0])
  })

  it('takes units that do not vary as their mean', () => {
    const { scale, shift } = restorationOf({ mean: Float64Array.of(2, 1), covariance: new Float64Array(4) }, [0])
    expect([scale[0], shift[0]]).toEqual([0, 2])
  })
})
