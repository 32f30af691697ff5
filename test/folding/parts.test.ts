import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { inherit } from '../../src/folding/inherit.ts'
import { GroupEstimates } from '../../src/folding/estimates.ts'
import { foldedInPlace } from '../../src/folding/fold.ts'
import { narrower } from '../../src/folding/narrowingPath.ts'
import { NetworkSize } from '../../src/folding/networkSize.ts'
import { heirOf, layersOf, learned, setWeights, trained } from './trainedModel.ts'

const { layers } = tf

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Two directions, of which the next layer takes both, and one over the sequences of another one. */
function build(first: number, second: number): tf.LayersModel {
  const bidirectional = (name: string, units: number, of: 'lstm' | 'gru', returnSequences: boolean) => {
    const layer = layers[of]({ units, returnSequences, recurrentInitializer: 'glorotUniform' })
    return layers.bidirectional({ name, layer, mergeMode: 'concat' })
  }
  const model = tf.sequential({
    layers: [
      layers.inputLayer({ inputShape: [5, 3] }),
      bidirectional('first', first, 'lstm', true),
      bidirectional('second', second, 'gru', false),
      layers.dense({ name: 'out', units: 2 }),
    ],
  })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  return model
}

const xs = () => tf.randomNormal([40, 5, 3], 0, 1, 'float32', 3)
const outputOf = (model: tf.LayersModel) => (model.predict(xs()) as tf.Tensor).dataSync()

function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}

describe('the two directions of a layer', async () => {
  const wide = await trained(() => build(6, 4), { xs: xs(), ys: tf.ones([40, 2]) })
  const left = learned(wide, xs())
  const estimates = new GroupEstimates(wide.recipe, left.moments)
  const heir = (first: number, second: number) => {
    const model = build(first, second)
    const { weights, inheritances } = inherit(left, layersOf(model).map(heirOf))
    expect(inheritances.filter(({ how }) => how === 'left')).toEqual([])
    setWeights(layersOf(model), weights)
    return model
  }

  it('are parts of one width that is free', () => {
    expect(wide.recipe.groups.slice(0, 2)).toMatchObject([
      { layers: ['first'], width: 12, multiple: 2, fixed: null, kept: null },
      { layers: ['second'], width: 8, multiple: 2, fixed: null, kept: null },
    ])
  })

  it('keep equally many units each', () => {
    const [group] = wide.recipe.groups
    for (const width of [2, 6, 10]) {
      const { units } = estimates.fold(group!, width)
      expect(units.filter((unit) => unit < 6)).toHaveLength(width / 2)
      expect(units).toHaveLength(width)
    }
  })

  it('have the same outputs to the bit with all units', () => {
    expect(differenceOf(outputOf(heir(6, 4)), outputOf(wide.model))).toBe(0)
  })

  it('compute the same when they are wider', () => {
    expect(differenceOf(outputOf(heir(9, 5)), outputOf(wide.model))).toBeLessThan(1e-5)
  })

  it('compute what the wide network with folded weights computes when they are narrower', () => {
    const narrow = outputOf(heir(4, 3))
    const byName = new Map(wide.layers.map((layer) => [layer.name, layer]))
    const variable = (layer: string, index: number) => byName.get(layer)!.weights[index]!.read() as tf.Variable
    const [first, second] = wide.recipe.groups
    const folds = new Map([
      [first!.id, estimates.fold(first!, 8)],
      [second!.id, estimates.fold(second!, 6)],
    ])
    const folded = foldedInPlace(
      wide.recipe,
      folds,
      (layer, index) => variable(layer, index).dataSync() as Float32Array,
    )
    for (const { layer, index, values } of folded)
      variable(layer, index).assign(tf.tensor(values, variable(layer, index).shape))
    expect(differenceOf(outputOf(wide.model), narrow)).toBeLessThan(1e-5)
  })

  it('are counted with both directions', () => {
    const size = new NetworkSize(wide.recipe, wide.model.countParams())
    const [first, second] = wide.recipe.groups
    const widths = new Map([
      [first!.id, 8],
      [second!.id, 6],
    ])
    expect(size.parameters(widths)).toBe(build(4, 3).countParams())
  })
})

describe('narrower', () => {
  it('goes in steps of a multiple', () => {
    expect([narrower(12, 2), narrower(4, 2), narrower(2, 2), narrower(9, 3), narrower(10)]).toEqual([10, 2, null, 6, 8])
  })
})
