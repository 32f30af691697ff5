import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import type { Layer } from '../../../src/protocol/layer.ts'
import { traced, widthOf } from './tracing.ts'

const { layers } = tf
type Described = Record<string, Layer>

/** The widths of all layers that choose one. */
const widthsOf = (described: Described) =>
  Object.fromEntries(
    Object.entries(described).flatMap(([name, layer]) => {
      const width = widthOf(layer)
      return width === null ? [] : [[name, width]]
    }),
  )
const outputsOf = (described: Described) =>
  Object.values(described).flatMap(({ name, isOutput, parameters }) => (isOutput && parameters > 0 ? [name] : []))
const isTied = (described: Described, a: string, b: string) => described[a]?.group?.id === described[b]?.group?.id

const variablesOf = (...owners: tf.layers.Layer[]) =>
  owners.flatMap(({ trainableWeights }) => trainableWeights.map((weight) => weight.read() as tf.Variable))

/** Trains a model for one step on random numbers of the shapes that it takes. */
async function step(model: tf.LayersModel, y?: tf.Tensor | tf.Tensor[]): Promise<void> {
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const random = (shape: (number | null)[]) => tf.randomUniform(shape.map((size) => size ?? 5))
  const x = model.inputs.map(({ shape }) => random(shape))
  await model.trainOnBatch(x, y ?? model.outputs.map(({ shape }) => random(shape)))
}

describe('a chain of layers', () => {
  it('has free widths, but for the output', async () => {
    const found = await traced(async () => {
      const model = tf.sequential()
      model.add(layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', name: 'conv', inputShape: [8, 8, 3] }))
      model.add(layers.batchNormalization({ name: 'norm' }))
      model.add(layers.maxPooling2d({ poolSize: 2 }))
      model.add(layers.depthwiseConv2d({ kernelSize: 2, name: 'depthwise' }))
      model.add(layers.separableConv2d({ filters: 6, kernelSize: 1, name: 'separable' }))
      model.add(layers.flatten())
      model.add(layers.dense({ units: 7, name: 'hidden' }))
      model.add(layers.dropout({ rate: 0.5 }))
      model.add(layers.dense({ units: 3, name: 'out' }))
      model.add(layers.activation({ activation: 'softmax' }))
      await step(model)
    })
    expect(widthsOf(found)).toEqual({ conv: 'free', separable: 'free', hidden: 'free', out: 'given: data' })
    expect(outputsOf(found)).toEqual(['out'])
    expect(isTied(found, 'conv', 'separable')).toBe(false)
  })

  it('has free widths in recurrent layers', async () => {
    const found = await traced(async () => {
      const model = tf.sequential()
      model.add(layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 6, name: 'embedding' }))
      model.add(layers.lstm({ units: 5, returnSequences: true, name: 'lstm' }))
      model.add(layers.gru({ units: 7, returnSequences: true, name: 'gru' }))
      model.add(layers.bidirectional({ layer: layers.simpleRNN({ units: 3, returnSequences: true }), name: 'both' }))
      model.add(layers.timeDistributed({ layer: layers.dense({ units: 8 }), name: 'distributed' }))
      model.add(layers.lstm({ units: 11, name: 'last' }))
      model.add(layers.dense({ units: 2, name: 'out' }))
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      await model.trainOnBatch(tf.ones([3, 6]), tf.ones([3, 2]))
    })
    expect(widthsOf(found)).toMatchObject({ embedding: 'free', lstm: 'free', gru: 'free', last: 'free' })
    expect(widthsOf(found)['distributed']).toBe('free')
    expect(outputsOf(found)).toEqual(['out'])
  })
})

describe('tied widths', () => {
  it('those that a residual connection adds, whether a layer or an operation does', async () => {
    const found = await traced(async () => {
      const input = tf.input({ shape: [6] })
      const stem = layers.dense({ units: 8, name: 'stem' }).apply(input) as tf.SymbolicTensor
      const squeeze = layers.dense({ units: 3, name: 'squeeze' }).apply(stem)
      const branch = layers.dense({ units: 8, name: 'branch' }).apply(squeeze) as tf.SymbolicTensor
      const out = layers.dense({ units: 2, name: 'out' }).apply(layers.add().apply([stem, branch]))
      await step(tf.model({ inputs: input, outputs: out as tf.SymbolicTensor }))
    })
    expect(widthsOf(found)).toEqual({ stem: 'free', squeeze: 'free', branch: 'free', out: 'given: data' })
    expect(isTied(found, 'stem', 'branch')).toBe(true)
    expect(isTied(found, 'stem', 'squeeze')).toBe(false)
  })

  it('those of plain operations in a loop by hand', async () => {
    const found = await traced(() => {
      const dense = (units: number, name: string) => layers.dense({ units, name })
      const [stem, narrow, branch, out] = [dense(9, 'stem'), dense(3, 'narrow'), dense(9, 'branch'), dense(2, 'out')]
      const f = (x: tf.Tensor) => {
        const a = stem.apply(x) as tf.Tensor
        return out.apply(a.add(branch.apply(narrow.apply(a)) as tf.Tensor)) as tf.Tensor
      }
      f(tf.zeros([1, 6]))
      const x = tf.randomUniform([4, 6])
      tf.train.sgd(0.1).minimize(() => tf.mean(tf.square(f(x).sub(x.slice([0, 0], [4, 2])))))
    })
    expect(widthsOf(found)).toEqual({ stem: 'free', narrow: 'free', branch: 'free', out: 'given: data' })
    expect(isTied(found, 'stem', 'branch')).toBe(true)
    expect(outputsOf(found)).toEqual(['out'])
  })

  it('those of a product over features', async () => {
    const found = await traced(async () => {
      const [user, item] = [tf.input({ shape: [1], name: 'u' }), tf.input({ shape: [1], name: 'i' })]
      const embed = (input: tf.SymbolicTensor, name: string) =>
        layers.flatten().apply(layers.embedding({ inputDim: 4, outputDim: 6, name }).apply(input)) as tf.SymbolicTensor
      const dot = layers.dot({ axes: 1 }).apply([embed(user, 'user'), embed(item, 'item')]) as tf.SymbolicTensor
      await step(tf.model({ inputs: [user, item], outputs: dot }))
    })
    expect(widthsOf(found)).toEqual({ user: 'free', item: 'free' })
    expect(isTied(found, 'user', 'item')).toBe(true)
  })

  it("that of a decoder that begins with an encoder's state", async () => {
    const found = await traced(async () => {
      const [source, target] = [tf.input({ shape: [4, 2] }), tf.input({ shape: [5, 6] })]
      const encoder = layers.lstm({ units: 7, returnState: true, name: 'encoder' })
      const [, h, c] = encoder.apply(source) as tf.SymbolicTensor[]
      const decoder = layers.lstm({ units: 7, returnSequences: true, name: 'decoder' })
      const decoded = decoder.apply(target, { initialState: [h!, c!] })
      const words = layers.dense({ units: 6, name: 'words' }).apply(decoded) as tf.SymbolicTensor
      await step(tf.model({ inputs: [source, target], outputs: words }))
    })
    expect(widthsOf(found)).toEqual({ encoder: 'free', decoder: 'free', words: 'given: data' })
    expect(isTied(found, 'encoder', 'decoder')).toBe(true)
    expect(outputsOf(found)).toEqual(['words'])
  })

  it('follows the features through a permutation', async () => {
    const found = await traced(async () => {
      const input = tf.input({ shape: [10, 6] })
      const x = layers.dense({ units: 12, name: 'embed' }).apply(input) as tf.SymbolicTensor
      let t = layers.permute({ dims: [2, 1] }).apply(x)
      t = layers.dense({ units: 8, activation: 'relu', name: 'tokens1' }).apply(t)
      t = layers.dense({ units: 10, name: 'tokens2' }).apply(t)
      const back = layers.permute({ dims: [2, 1] }).apply(t) as tf.SymbolicTensor
      const mixed = layers.globalAveragePooling1d({}).apply(layers.add().apply([x, back]))
      await step(
        tf.model({ inputs: input, outputs: layers.dense({ units: 1, name: 'out' }).apply(mixed) as tf.SymbolicTensor }),
      )
    })
    expect(widthsOf(found)).toEqual({ embed: 'free', tokens1: 'free', tokens2: 'given: data', out: 'free' })
    expect(isTied(found, 'embed', 'tokens2')).toBe(false)
    expect(outputsOf(found)).toEqual(['out'])
  })
})

describe('widths that cannot be told', () => {
  it('before a reshape', async () => {
    const found = await traced(async () => {
      const model = tf.sequential()
      model.add(layers.dense({ units: 5, name: 'latent', inputShape: [6] }))
      model.add(layers.dense({ units: 2 * 2 * 8, name: 'spread' }))
      model.add(layers.reshape({ targetShape: [2, 2, 8] }))
      model.add(layers.conv2dTranspose({ filters: 7, kernelSize: 3, strides: 2, padding: 'same', name: 'up' }))
      model.add(layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'pixels' }))
      await step(model)
    })
    expect(widthsOf(found)).toEqual({ latent: 'free', spread: 'given: constant', up: 'free', pixels: 'given: data' })
  })

  it('of attention heads, but one for the sum behind them', async () => {
    const found = await traced(async () => {
      const input = tf.input({ shape: [10, 4] })
      const x = layers.dense({ units: 12, name: 'embed' }).apply(input) as tf.SymbolicTensor
      const y = new Attention({ name: 'att', d: 12, h: 4 }).apply(x) as tf.SymbolicTensor
      const sum = layers.globalAveragePooling1d({}).apply(layers.add().apply([x, y]))
      await step(
        tf.model({ inputs: input, outputs: layers.dense({ units: 1, name: 'out' }).apply(sum) as tf.SymbolicTensor }),
      )
    })
    expect(widthsOf(found)).toMatchObject({
      att_q: 'unknown: reshape',
      att_k: 'unknown: reshape',
      att_v: 'unknown: reshape',
    })
    expect(widthsOf(found)).toMatchObject({
      embed: 'unknown: Attention',
      att_o: 'unknown: Attention',
      att: 'unknown: Attention',
    })
    expect(isTied(found, 'embed', 'att_o') && isTied(found, 'embed', 'att')).toBe(true)
    expect(outputsOf(found)).toEqual(['out'])
  })

  it('of features that go to an operation that is not known', async () => {
    const found = await traced(() => {
      const [hidden, out] = [layers.dense({ units: 8, name: 'hidden' }), layers.dense({ units: 1, name: 'out' })]
      const x = tf.randomUniform<tf.Rank.R2>([4, 6])
      const f = () => {
        const h = hidden.apply(x) as tf.Tensor2D
        return out.apply(tf.gather(h, tf.tensor1d([7, 3, 1], 'int32'), 1)) as tf.Tensor
      }
      f()
      tf.train.sgd(0.1).minimize(() => f().square().mean<tf.Scalar>())
    })
    expect(widthsOf(found)).toMatchObject({ hidden: 'unknown: gather' })
  })
})

describe('outputs', () => {
  it('with a loss of its own, though another layer reads it', async () => {
    const found = await traced(async () => {
      const input = tf.input({ shape: [10] })
      const h = layers.dense({ units: 12, activation: 'relu', name: 'hidden' }).apply(input) as tf.SymbolicTensor
      const coarse = layers.dense({ units: 6, activation: 'softmax', name: 'coarse' }).apply(h) as tf.SymbolicTensor
      const both = layers.concatenate().apply([h, coarse])
      const fine = layers.dense({ units: 3, activation: 'softmax', name: 'fine' }).apply(both) as tf.SymbolicTensor
      await step(tf.model({ inputs: input, outputs: [coarse, fine] }))
    })
    expect(widthsOf(found)).toEqual({ hidden: 'free', coarse: 'given: data', fine: 'given: data' })
    expect(outputsOf(found)).toEqual(['coarse', 'fine'])
  })

  it('of layers called by hand', async () => {
    const found = await traced(() => {
      const dense = (units: number, name: string) => layers.dense({ units, name })
      const [trunk, pi, value] = [dense(7, 'trunk'), dense(9, 'pi'), dense(1, 'value')]
      const x = tf.randomUniform([4, 6])
      const actions = tf.tensor1d([0, 1, 2, 3], 'int32')
      const loss = () => {
        const h = trunk.apply(x)
        const [logits, v] = [pi.apply(h) as tf.Tensor, value.apply(h) as tf.Tensor]
        const chosen = tf.sum(tf.mul(tf.oneHot(actions, 9), tf.logSoftmax(logits)), 1)
        return tf.add<tf.Scalar>(tf.neg(tf.mean(chosen)), tf.mean(tf.square(tf.sub(v.squeeze(), x.sum(1)))))
      }
      loss()
      tf.train.sgd(0.1).minimize(loss)
    })
    expect(widthsOf(found)).toMatchObject({ trunk: 'free', pi: 'given: data' })
    expect(outputsOf(found)).toEqual(['pi', 'value'])
  })

  it('none where a base was cut off, and none of a latent space', async () => {
    const found = await traced(() => {
      const dense = (units: number, name: string) => layers.dense({ units, name })
      const [base, mean, decoder] = [dense(7, 'base'), dense(3, 'mean'), dense(6, 'decoder')]
      const x = tf.randomUniform([4, 6])
      const loss = () => {
        const z = mean.apply(base.apply(x)) as tf.Tensor
        const y = decoder.apply(z.add(tf.randomNormal([4, 3]))) as tf.Tensor
        return tf.add<tf.Scalar>(z.square().mean(), y.sub(x).square().mean())
      }
      loss()
      tf.train.sgd(0.1).minimize(loss, false, variablesOf(mean, decoder))
    })
    expect(outputsOf(found)).toEqual(['decoder'])
    expect(widthsOf(found)).toEqual({ base: 'given: weights', mean: 'given: constant', decoder: 'given: data' })
  })
})

describe('several steps', () => {
  it('of a generator and its critic make one model', async () => {
    const found = await traced(() => {
      const dense = (units: number, name: string) => layers.dense({ units, name, activation: 'relu' })
      const [seed, image, look, judge] = [dense(5, 'seed'), dense(6, 'image'), dense(7, 'look'), dense(1, 'judge')]
      const generate = () => image.apply(seed.apply(tf.randomNormal([4, 3]))) as tf.Tensor
      const criticise = (x: tf.Tensor) => judge.apply(look.apply(x)) as tf.Tensor
      criticise(generate())
      const optimizer = tf.train.sgd(0.1)
      const real = tf.randomUniform([4, 6])
      for (let i = 0; i < 2; i++) {
        const fake = generate()
        const loss = () => tf.sub<tf.Scalar>(criticise(fake).mean(), criticise(real).mean())
        optimizer.minimize(loss, false, variablesOf(look, judge))
        optimizer.minimize(() => criticise(generate()).mean<tf.Scalar>(), false, variablesOf(seed, image))
      }
    })
    expect(widthsOf(found)).toMatchObject({ seed: 'free', image: 'given: data', look: 'free' })
    expect(outputsOf(found)).toEqual(['judge', 'image'])
  })

  it('of a stateful layer keep its width free', async () => {
    const found = await traced(async () => {
      const model = tf.sequential()
      model.add(layers.lstm({ units: 5, stateful: true, batchInputShape: [3, 4, 2], name: 'lstm' }))
      model.add(layers.dense({ units: 1, name: 'out' }))
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      for (let i = 0; i < 2; i++) await model.trainOnBatch(tf.ones([3, 4, 2]), tf.ones([3, 1]))
      // Another set of trained variables: a step that is traced when there is a state.
      model.layers[1]!.trainable = false
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      await model.trainOnBatch(tf.ones([3, 4, 2]), tf.ones([3, 1]))
    })
    expect(widthsOf(found)).toMatchObject({ lstm: 'free' })
  })

  it('find a layer that appears later', async () => {
    const found = await traced(() => {
      const dense = (units: number, name: string) => layers.dense({ units, name })
      const [first, late, out] = [dense(5, 'first'), dense(5, 'late'), dense(2, 'out')]
      const x = tf.randomUniform([4, 6])
      late.apply(x)
      const loss = (useLate: boolean) => () => {
        const h = first.apply(x) as tf.Tensor
        const both = useLate ? h.add(late.apply(x) as tf.Tensor) : h
        return (out.apply(both) as tf.Tensor).square().mean<tf.Scalar>()
      }
      loss(true)()
      const optimizer = tf.train.sgd(0.1)
      for (const useLate of [false, true, true]) optimizer.minimize(loss(useLate), false, variablesOf(first, out, late))
    })
    expect(isTied(found, 'first', 'late')).toBe(true)
  })
})

it('leaves the engine as it was, also after a step that throws', async () => {
  const engine = tf.engine()
  const own = Object.getOwnPropertyNames(engine)
  const found = await traced(() => {
    const dense = layers.dense({ units: 2, name: 'dense' })
    const x = tf.ones([3, 4])
    dense.apply(x)
    const throws = () => {
      dense.apply(x)
      throw new Error('the step')
    }
    expect(() => tf.variableGrads(throws)).toThrow('the step')
    // TensorFlow.js itself keeps tensors of a step that throws.
    const { numTensors } = tf.memory()
    const { value, grads } = tf.variableGrads(() => (dense.apply(x) as tf.Tensor).mean())
    tf.dispose([value, grads])
    expect(tf.memory().numTensors).toBe(numTensors)
  })
  expect(found['dense']?.isOutput).toBe(true)
  expect(Object.getOwnPropertyNames(engine).filter((name) => name !== 'gradients')).toEqual(
    own.filter((name) => name !== 'gradients'),
  )
})

class Attention extends layers.Layer {
  readonly #d: number
  readonly #h: number
  readonly inner: Record<'q' | 'k' | 'v' | 'o', ReturnType<typeof layers.dense>>
  constructor({ name, d, h }: { name: string; d: number; h: number }) {
    super({ name })
    this.#d = d
    this.#h = h
    const dense = (part: string) => layers.dense({ units: d, name: `${name}_${part}` })
    this.inner = { q: dense('q'), k: dense('k'), v: dense('v'), o: dense('o') }
  }
  override build(shape: tf.Shape): void {
    for (const layer of Object.values(this.inner)) {
      layer.build(shape)
      layer.built = true
      this.trainableWeights = [...this.trainableWeights, ...layer.trainableWeights]
    }
    super.build(shape)
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = [inputs].flat()[0]!
    const [b, t] = x.shape as [number, number]
    const { q, k, v, o } = this.inner
    const split = (layer: typeof q) =>
      (layer.apply(x) as tf.Tensor).reshape([b, t, this.#h, this.#d / this.#h]).transpose([0, 2, 1, 3])
    const weights = tf.softmax(tf.matMul(split(q), split(k), false, true))
    return o.apply(tf.matMul(weights, split(v)).transpose([0, 2, 1, 3]).reshape([b, t, this.#d])) as tf.Tensor
  }
  static get className(): string {
    return 'Attention'
  }
}
