import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import type { Layer } from '../../../src/protocol/layer.ts'
import { traced, widthOf } from './tracing.ts'

const { layers } = tf
type Symbolic = tf.SymbolicTensor
const dense = (units: number, name: string) => layers.dense({ units, name })
const apply = (layer: tf.layers.Layer, ...x: Symbolic[]) => layer.apply(x.length === 1 ? x[0]! : x) as Symbolic
const widthsOf = (found: Record<string, Layer>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, widthOf(found[name])]))

/** Trains a model for one step on numbers of the shapes that it takes. */
async function step(model: tf.LayersModel): Promise<void> {
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const ones = ({ shape }: Symbolic) => tf.ones(shape.map((size) => size ?? 4))
  await model.trainOnBatch(model.inputs.map(ones), model.outputs.map(ones))
}

/** Trains layers for one step in code by hand. */
function minimise(forward: () => tf.Tensor): void {
  forward()
  tf.train.sgd(0.1).minimize(() => forward().square().mean<tf.Scalar>())
}

describe('the width of an output that a model predicts', () => {
  it.each(['before', 'after'])('is unknown, whether that is %s the training', async (when) => {
    const found = await traced(async () => {
      const x = tf.input({ shape: [6] })
      const codes = apply(dense(7, 'codes'), apply(dense(8, 'inner'), x))
      const encoder = tf.model({ inputs: x, outputs: codes })
      const autoencoder = tf.model({ inputs: x, outputs: apply(dense(6, 'out'), apply(dense(9, 'decoder'), codes)) })
      if (when === 'before') encoder.predictOnBatch(tf.ones([4, 6]))
      await step(autoencoder)
      autoencoder.predict(tf.ones([4, 6]))
      if (when === 'after') encoder.predict(tf.ones([4, 6]))
    })
    const codes = { codes: 'unknown: predict', inner: 'free', decoder: 'free', out: 'given: data' }
    expect(widthsOf(found, 'inner', 'codes', 'decoder', 'out')).toEqual(codes)
  })

  it('is unknown behind layers that are in no training, and within a model that another contains', async () => {
    const found = await traced(async () => {
      const [image, x] = [tf.input({ shape: [5, 5, 1] }), tf.input({ shape: [5, 5, 1] })]
      const maps = apply(layers.conv2d({ filters: 3, kernelSize: 2, name: 'maps' }), image)
      const base = tf.model({ inputs: image, outputs: apply(layers.reLU(), maps) })
      const seen = apply(base, x)
      const out = apply(dense(2, 'out'), apply(dense(7, 'hidden'), apply(layers.globalMaxPooling2d({}), seen)))
      await step(tf.model({ inputs: x, outputs: out }))
      tf.model({ inputs: x, outputs: apply(layers.flatten(), seen) }).predict(tf.ones([4, 5, 5, 1]))
    })
    expect(widthsOf(found, 'maps', 'hidden')).toEqual({ maps: 'unknown: predict', hidden: 'free' })
  })

  it('is unknown of all outputs, also of those that another output is made of, and of layers that are tied', async () => {
    const found = await traced(async () => {
      const x = tf.input({ shape: [6] })
      const stem = apply(dense(8, 'stem'), x)
      const features = apply(layers.add(), stem, apply(dense(8, 'branch'), apply(dense(3, 'narrow'), stem)))
      const out = apply(dense(2, 'out'), features)
      await step(tf.model({ inputs: x, outputs: out }))
      tf.model({ inputs: x, outputs: [out, features] }).predict(tf.ones([4, 6]))
    })
    const expected = { stem: 'unknown: predict', branch: 'unknown: predict', narrow: 'free' }
    expect(widthsOf(found, 'stem', 'branch', 'narrow')).toEqual(expected)
  })
})

describe('the width of an output that a call by hand computes outside of training', () => {
  const chain = (...names: string[]) => {
    const chained = names.map((name, i) => dense(7 + i, name))
    return { chained, forward: (x: tf.Tensor) => chained.reduce((y, layer) => layer.apply(y) as tf.Tensor, x) }
  }

  it('stays free where another layer takes the output', async () => {
    const found = await traced(() => {
      const { forward } = chain('a', 'b', 'out')
      minimise(() => forward(tf.ones([4, 6])))
      forward(tf.ones([2, 6]))
    })
    expect(widthsOf(found, 'a', 'b')).toEqual({ a: 'free', b: 'free' })
  })

  it('is unknown where none does, behind an activation, too', async () => {
    const found = await traced(() => {
      const { forward, chained } = chain('a', 'b', 'c', 'out')
      minimise(() => forward(tf.ones([4, 6])))
      chained[0]!.apply(tf.ones([2, 6]))
      layers.reLU().apply(chained[1]!.apply(tf.ones([2, 7])))
    })
    expect(widthsOf(found, 'a', 'b', 'c')).toEqual({ a: 'unknown: predict', b: 'unknown: predict', c: 'free' })
  })

  it('stays free where the code of the step takes it as well, as in one function for training and evaluation', async () => {
    const found = await traced(() => {
      const [stem, narrow, branch, out] = [dense(9, 'stem'), dense(3, 'narrow'), dense(9, 'branch'), dense(2, 'out')]
      const forward = () => {
        const a = stem.apply(tf.ones([4, 6])) as tf.Tensor
        return out.apply(a.add(branch.apply(narrow.apply(a)) as tf.Tensor)) as tf.Tensor
      }
      minimise(forward)
      for (let i = 0; i < 3; i++) forward()
    })
    expect(widthsOf(found, 'stem', 'narrow', 'branch')).toEqual({ stem: 'free', narrow: 'free', branch: 'free' })
  })

  it('is unknown where a model is called, of all its outputs', async () => {
    const found = await traced(async () => {
      const x = tf.input({ shape: [6] })
      const features = apply(dense(7, 'features'), apply(dense(8, 'inner'), x))
      const out = apply(dense(2, 'out'), features)
      await step(tf.model({ inputs: x, outputs: out }))
      tf.model({ inputs: x, outputs: [out, features] }).apply(tf.ones([4, 6]))
    })
    expect(widthsOf(found, 'inner', 'features')).toEqual({ inner: 'free', features: 'unknown: predict' })
  })
})

describe('the width of a symbolic tensor whose shape is read', () => {
  it('is unknown where a merge ties it, and stays free elsewhere', async () => {
    let shapes: unknown = null
    const found = await traced(async () => {
      const x = tf.input({ shape: [6] })
      const stem = apply(layers.reLU(), apply(dense(8, 'stem'), x))
      const sum = apply(layers.add(), stem, apply(dense(8, 'branch'), apply(dense(3, 'narrow'), stem)))
      const alone = apply(dense(9, 'alone'), sum)
      const other = apply(layers.add(), apply(dense(5, 'a'), alone), apply(dense(5, 'b'), alone))
      shapes = [stem.shape, alone.shape]
      const model = tf.model({ inputs: x, outputs: apply(dense(2, 'out'), other) })
      model.summary(80, [0.5, 0.7, 0.8, 1], () => {})
      await step(model)
    })
    expect(shapes).toEqual([
      [null, 8],
      [null, 9],
    ])
    const [free, unknown] = ['free', 'unknown: shape']
    const expected = { stem: unknown, branch: unknown, narrow: free, alone: free, a: free, b: free }
    expect(widthsOf(found, 'stem', 'branch', 'narrow', 'alone', 'a', 'b')).toEqual(expected)
  })

  it('is as before: its value, its place among the properties, its text, and that it can be set', async () => {
    const { inspect } = await import('node:util')
    await traced(() => {
      const make = () => layers.reLU({ name: 'same' }).apply(tf.input({ shape: [6], name: 'x' })) as Symbolic
      const [watched, printed, plain] = [make(), make(), make()]
      expect(Object.keys(watched)).toEqual(Object.keys(plain))
      expect(JSON.stringify(watched.shape)).toBe('[null,6]')
      const text = inspect(printed)
      expect(text).toContain('shape: [ null, 6 ]')
      expect(text).not.toContain('Getter')
      expect(Object.getOwnPropertyDescriptor(printed, 'shape')).toMatchObject({ writable: true, enumerable: true })
      ;(plain as { shape: unknown }).shape = [null, 7]
      expect(plain.shape).toEqual([null, 7])
    })
  })
})
