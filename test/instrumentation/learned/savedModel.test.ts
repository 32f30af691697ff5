import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { afterAll, describe, expect, it } from 'vitest'
import { saveModel } from '../../../src/instrumentation/learned/savedModel.ts'
import type { Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import { train } from '../training.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-saved-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A model with a nested one, a wrapper, a normaliser and a branch. */
function build(): tf.LayersModel {
  const nested = tf.sequential({ name: 'nested' })
  nested.add(tf.layers.dense({ units: 5, inputShape: [6], activation: 'relu' }))
  const input = tf.input({ shape: [4, 3] })
  const branch = tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }).apply(input)
  const inner = tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 3 }), mergeMode: 'concat' })
  const features = tf.layers.batchNormalization().apply(inner.apply(branch))
  return tf.model({ inputs: input, outputs: nested.apply(features) as tf.SymbolicTensor })
}

describe('a model saved by the monitor', () => {
  it('is read by the library, and predicts the same to the bit', async () => {
    const [model, target] = [build(), path.join(folder, 'new', 'model')]
    saveModel(model as unknown as Layer, target)
    expect(readdirSync(target).sort()).toEqual(['model.json', 'weights.bin'])
    const read = await tf.loadLayersModel(`file://${target}/model.json`)
    const xs = tf.randomNormal([9, 4, 3], 0, 1, 'float32', 1)
    expect((read.predict(xs) as tf.Tensor).dataSync()).toEqual((model.predict(xs) as tf.Tensor).dataSync())
  })

  it('has the same files as the library’s own', async () => {
    const [model, ours, theirs] = [build(), path.join(folder, 'ours'), path.join(folder, 'theirs')]
    model.setUserDefinedMetadata({ purpose: 'test' })
    saveModel(model as unknown as Layer, ours)
    await model.save(`file://${theirs}`)
    const [a, b] = await Promise.all([ours, theirs].map((each) => tf.io.fileSystem(`${each}/model.json`).load()))
    expect(a).toEqual(b)
  })

  it('leaves no half of a model where it cannot be written', () => {
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    expect(() => saveModel(build() as unknown as Layer, file)).toThrow('EEXIST')
    const target = path.join(folder, 'none')
    const model = Object.assign(Object.create(build()) as object, { toJSON: () => { throw new Error('no getConfig') } }) // prettier-ignore
    expect(() => saveModel(model as unknown as Layer, target)).toThrow('no getConfig')
    expect(readdirSync(folder)).not.toContain('none')
  })
})

describe('a run that is to save its model', () => {
  it('writes it at the end of fit, as the Sequential that the program made, and trains the same', async () => {
    const target = path.join(folder, 'run')
    const { state, stdout } = await train('learned/inherits.cjs', { args: ['fit'], run: { saveModel: target } })
    expect(state.savedModel).toBe(target)
    const model = await tf.loadLayersModel(`file://${target}/model.json`)
    expect(model.getClassName()).toBe('Sequential')
    const { last } = JSON.parse(stdout) as { last: string }
    const { createHash } = await import('node:crypto')
    const digest = createHash('sha256')
    for (const weight of model.getWeights()) digest.update(new Uint8Array(weight.dataSync().slice().buffer))
    expect(digest.digest('hex')).toBe(last)
  })

  it('says so when fit was never called', async () => {
    const { state } = await train('learned/inherits.cjs', {
      args: ['minimize'],
      run: { saveModel: path.join(folder, 'x') },
    })
    expect(state.problems.map(({ message }) => message)).toContain(
      'No model was saved: neither fit nor fitDataset has ended.',
    )
  })

  it('says so when the folder cannot be written to, and the training goes on', async () => {
    const file = path.join(folder, 'taken')
    writeFileSync(file, '')
    const { state, exitCode } = await train('learned/inherits.cjs', { args: ['fit'], run: { saveModel: file } })
    expect(exitCode).toBe(0)
    expect(state.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('The model cannot be saved in'),
    ])
  })
})
