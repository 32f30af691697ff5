import v8 from 'node:v8'
import * as tf from '@tensorflow/tfjs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LayerGraph } from '../../../src/instrumentation/graph/layerGraph.ts'
import { StepTrace } from '../../../src/instrumentation/graph/stepTrace.ts'
import { ConstructedLayers } from '../../../src/instrumentation/learned/constructedLayers.ts'
import type { Engine, Layer, Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'

const STEPS = 50

const siteAt = (line: number) => ({ file: '/program.js', line, column: 1 })
const asLayer = (layer: tf.layers.Layer): Layer => layer as unknown as Layer
const asTensor = (tensor: tf.Tensor): Tensor => tensor as unknown as Tensor

afterEach(() => vi.unstubAllGlobals())

/** Counts the weak references that are made from now on: each holds its target until the program yields. */
function countWeakRefs(): { made: number } {
  const count = { made: 0 }
  const Original = WeakRef
  vi.stubGlobal('WeakRef', function (target: object) {
    count.made++
    return new Original(target)
  })
  return count
}

describe('layers that are made anew in each step', () => {
  it('leave nothing behind: no reference, no node, no news', () => {
    const graph = new LayerGraph()
    const constructed = new ConstructedLayers()
    const dense = tf.layers.dense({ units: 2, inputShape: [4] })
    graph.constructed(asLayer(dense), siteAt(1))
    constructed.add(asLayer(dense), siteAt(1))
    const x = tf.ones([3, 2, 2])
    let weakRefs = { made: 0 }
    for (let step = 0; step < STEPS; step++) {
      if (step === 2) {
        graph.takeChanged(() => ({ changed: [], of: () => null }))
        weakRefs = countWeakRefs()
      }
      graph.beginPass(
        new Set(dense.built ? dense.weights.map((weight) => (weight as unknown as { val: object }).val) : []),
      )
      let features: tf.Tensor = x
      for (const [line, make] of [() => tf.layers.flatten(), () => dense, () => tf.layers.softmax()].entries()) {
        const layer = make()
        if (layer !== dense) {
          graph.constructed(asLayer(layer), siteAt(2 + line), true)
          constructed.add(asLayer(layer), siteAt(2 + line), true)
        }
        const output = layer.apply(features) as tf.Tensor
        graph.called(asLayer(layer), [asTensor(features)], asTensor(output), 'train')
        features = output
      }
      graph.endPass()
      constructed.settle()
    }
    expect(weakRefs.made).toBe(0)
    expect(graph.count).toBe(3)
    expect(graph.changed).toBe(false)
    expect(constructed.weighted.map(({ layer }) => layer)).toEqual([asLayer(dense)])
  })
})

describe('recording a step', () => {
  it('leaves the engine with fast properties: every operation reads some', () => {
    const { Engine: EngineClass } = { Engine: tf.engine().constructor as new (environment: unknown) => Engine }
    const engine = new EngineClass(tf.env())
    v8.setFlagsFromString('--allow-natives-syntax')
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean
    v8.setFlagsFromString('--no-allow-natives-syntax')
    Object.defineProperty(engine, 'gradients', { value: () => {}, configurable: true, writable: true })
    expect(isFast(engine)).toBe(true)
    for (let step = 0; step < 3; step++) new StepTrace(engine, new Set()).during(() => {})
    expect(isFast(engine)).toBe(true)
    expect(Object.hasOwn(engine, 'runKernel')).toBe(false)
  })
})
