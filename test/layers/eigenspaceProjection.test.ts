import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EigenspaceProjectionArgs } from '../../src/layers/layers.d.ts'
import { eigenspaceProjection, registerLayers } from '../../src/layers/main.ts'
import { mapped } from '../../src/saturation/units/affineMap.ts'
import { Eigenspaces } from '../../src/saturation/units/eigenspaces.ts'
import { aboutZero } from '../../src/saturation/units/moments.ts'
import { traced, widthOf } from '../instrumentation/graph/tracing.ts'
import { features, momentsOf } from '../saturation/units/features.ts'

const WIDTH = 8
const rows = features(320, WIDTH, WIDTH, 3)
const x = () => tf.tensor2d(Float32Array.from(rows), [320, WIDTH])
const layer = (args: EigenspaceProjectionArgs = {}) => eigenspaceProjection({ tf, ...args })
type Made = ReturnType<typeof layer>

/** A layer that has measured the rows in batches of 64. */
function measured(args: EigenspaceProjectionArgs = {}): Made {
  const made = layer({ momentum: 1, ...args })
  for (let at = 0; at < 320; at += 64) made.apply(x().slice([at, 0], [64, WIDTH]), { training: true })
  return made
}
const evaluated = (made: Made, input: tf.Tensor = x()): Float32Array =>
  (made.apply(input) as tf.Tensor).dataSync<'float32'>()
const close = (actual: ArrayLike<number>, wanted: ArrayLike<number>) =>
  Array.from(wanted).forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-4))

describe('the eigenspace projection layer', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it('is the identity in training, and where nothing was measured', () => {
    const made = layer({ delta: 0.5 })
    expect(evaluated(made)).toEqual(x().dataSync())
    expect(made.dimension).toBe(WIDTH)
    expect((made.apply(x(), { training: true }) as tf.Tensor).dataSync()).toEqual(x().dataSync())
  })

  it.each([true, false])('projects an evaluation onto the eigenspace of all batches; centred: %s', (centred) => {
    const moments = momentsOf(rows, WIDTH)
    const spaces = new Eigenspaces(centred ? moments : aboutZero(moments))
    const made = measured({ delta: 0.9, centred })
    expect(made.dimension).toBe(spaces.dimension(0.9))
    close(evaluated(made), mapped(spaces.projection(0.9), rows))
    made.delta = 0.5
    close(evaluated(made), mapped(spaces.projection(0.5), rows))
    made.delta = 1
    expect(evaluated(made)).toEqual(x().dataSync())
    made.delta = 0.5
    made.enabled = false
    expect(evaluated(made)).toEqual(x().dataSync())
    expect(() => (made.delta = 0)).toThrow('delta')
  })

  it('has random directions as the control, as many', () => {
    const [random, eigen] = [measured({ basis: 'random', delta: 0.9 }), measured({ delta: 0.9 })]
    expect(random.dimension).toBe(eigen.dimension)
    const lost = (made: Made) => evaluated(made).reduce((sum, value, at) => sum + (value - rows[at]!) ** 2, 0)
    expect(lost(random)).toBeGreaterThan(2 * lost(eigen))
    expect(evaluated(measured({ basis: 'random', delta: 0.9 }))).toEqual(evaluated(random))
  })

  it('takes the features from another axis, and those of each position', () => {
    const images = x().reshape([5, 8, 8, WIDTH])
    const last = measured({ delta: 0.8 })
    const first = layer({ delta: 0.8, axis: 1, momentum: 1 })
    first.apply(images.transpose([0, 3, 1, 2]), { training: true })
    const projected = first.apply(images.transpose([0, 3, 1, 2])) as tf.Tensor
    expect(projected.shape).toEqual([5, WIDTH, 8, 8])
    close(projected.transpose([0, 2, 3, 1]).dataSync(), evaluated(last))
  })

  it('forgets the past by its momentum, and leaves out batches with NaN', () => {
    const made = measured({ delta: 0.9, momentum: 0.5 })
    const before = evaluated(made)
    made.apply(tf.fill([4, WIDTH], NaN), { training: true })
    expect(evaluated(made)).toEqual(before)
    for (let i = 0; i < 40; i++) made.apply(tf.ones([4, WIDTH]), { training: true })
    const [observations, mean] = made.getWeights().map((weight) => weight.dataSync())
    close(mean!, new Float32Array(WIDTH).fill(1))
    close(observations!, [8])
  })

  it('trains in a model without changing it, leaks nothing, and survives saving', async () => {
    const make = (projection: tf.layers.Layer | null): tf.Sequential => {
      const dense = (units: number, seed: number, inputShape?: number[]) =>
        tf.layers.dense({
          units,
          kernelInitializer: tf.initializers.glorotUniform({ seed }),
          ...(inputShape && { inputShape }),
        })
      const model = tf.sequential({ layers: [dense(6, 1, [WIDTH]), ...(projection ? [projection] : []), dense(1, 2)] })
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      return model
    }
    const y = tf.ones([320, 1])
    const [plain, model] = [make(null), make(layer({ delta: 0.8, name: 'projection' }))]
    const options = { epochs: 1, shuffle: false }
    for (const each of [plain, model]) await each.fit(x(), y, options)
    expect(model.layers.at(-1)!.getWeights()[0]!.dataSync()).toEqual(plain.layers.at(-1)!.getWeights()[0]!.dataSync())
    const input = x()
    const before = tf.memory().numTensors
    await model.fit(input, y, options)
    tf.dispose(model.predict(input))
    expect(tf.memory().numTensors).toBe(before)
    registerLayers(tf)
    let artifacts: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler((saved) => {
        artifacts = saved
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } })
      }),
    )
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts!))
    const projection = loaded.getLayer('projection') as Made
    expect([projection.delta, projection.dimension]).toEqual([0.8, (model.getLayer('projection') as Made).dimension])
    expect(projection.dimension).toBeLessThan(6)
    expect((loaded.predict(input) as tf.Tensor).dataSync()).toEqual((model.predict(input) as tf.Tensor).dataSync())
  })

  it.each<EigenspaceProjectionArgs>([
    { delta: 0 },
    { delta: NaN },
    { momentum: 0 },
    { axis: 0 },
    { basis: 'x' as 'random' },
  ])('refuses %j', (args) => {
    expect(() => layer(args)).toThrow(RangeError)
  })

  it('leaves the width of the layer before it free', async () => {
    const layers = await traced(async () => {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({ name: 'free', units: 6, inputShape: [WIDTH] }),
          layer({ name: 'projection' }),
          tf.layers.dense({ units: 1 }),
        ],
      })
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      await model.fit(x(), tf.ones([320, 1]), { epochs: 1 })
    })
    expect(widthOf(layers['free'])).toBe('free')
  })

  it('refuses an input without features', () => {
    expect(() => layer().apply(tf.ones([3]))).toThrow('has no features')
  })
})
