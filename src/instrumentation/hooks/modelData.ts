import { frameHiderFor } from '../sites/hiddenFrames.ts'
import type { Layer, Tensor } from '../tfjs/tfjs.ts'
import { ownerOf } from './fit/epochs.ts'

/** Learns of the data that models are trained and evaluated with. */
export interface DataListener {
  /** Whether `fit` is to train nothing. Its batches are only reported then. */
  readonly trainsNothing: boolean
  /** A model computes a batch (+1) or has done so (−1); calls nest. Models within it are then no models of their own. */
  inside(change: 1 | -1): void
  /** A batch was trained. @param data inputs, targets and sample weights of the model */
  trainedBatch(model: Layer, data: readonly Tensor[]): void
  /** A test function was made: the next batch is the first of a pass. */
  testBegins(model: Layer): void
  /** A batch was evaluated. @param data inputs and targets of the model */
  testedBatch(model: Layer, data: readonly Tensor[]): void
  /** A model is asked for predictions: in a loop by hand these may be a training step's. */
  predicts(model: Layer, inputs: readonly Tensor[]): void
  /** `evaluate` has ended. */
  evaluated(model: Layer): void
  /** A model is about to be disposed of. */
  disposes(model: Layer): void
  /** Zeros in the place of the losses and metrics of a batch that is not trained. */
  zeros(model: Layer): Tensor[]
}

type BatchFunction = (data: Tensor[]) => Tensor[]

/** A model's methods that get data. */
interface Methods {
  makeTrainFunction(): BatchFunction
  makeTestFunction(): void
  testFunction?: BatchFunction | null
  predictLoop(inputs: Tensor | Tensor[], ...others: unknown[]): unknown
  evaluate(...args: unknown[]): unknown
  dispose(...args: unknown[]): unknown
}

const watched = new WeakSet<object>()
const watchedForDisposal = new WeakSet<object>()

/** Watches the data of all models of a class. On a plain layer it does nothing. No await is added. */
export function watchModelData(model: Layer, listener: DataListener): void {
  const prototype = ownerOf(model, 'makeTrainFunction') as (Methods & Layer) | null
  if (!prototype || watched.has(prototype)) return
  watched.add(prototype)
  const withHiddenFrames = frameHiderFor(prototype)
  const inside = <T>(call: () => T): T => {
    listener.inside(1)
    try {
      return withHiddenFrames(call)
    } finally {
      listener.inside(-1)
    }
  }
  const { makeTrainFunction, makeTestFunction, predictLoop, evaluate } = prototype
  prototype.makeTrainFunction = function (this: Methods & Layer) {
    const train = makeTrainFunction.call(this)
    return (data) => {
      const results = listener.trainsNothing ? listener.zeros(this) : inside(() => train(data))
      listener.trainedBatch(this, data)
      return results
    }
  }
  prototype.makeTestFunction = function (this: Methods & Layer) {
    makeTestFunction.call(this)
    const test = this.testFunction
    if (!test) return
    listener.testBegins(this)
    this.testFunction = (data) => {
      const results = inside(() => test(data))
      listener.testedBatch(this, data)
      return results
    }
  }
  prototype.predictLoop = function (this: Methods & Layer, inputs, ...others) {
    listener.predicts(this, [inputs].flat())
    return inside(() => predictLoop.call(this, inputs, ...others))
  }
  prototype.evaluate = function (this: Methods & Layer, ...args) {
    const results = withHiddenFrames(() => evaluate.apply(this, args))
    listener.evaluated(this)
    return results
  }
  watchDisposal(model, listener)
}

/** Every class of layers inherits `dispose`; that of the base class is not touched, because only models matter. */
function watchDisposal(model: Layer, listener: DataListener): void {
  const prototype = ownerOf(model, 'dispose') as (Methods & Layer) | null
  if (!prototype || watchedForDisposal.has(prototype)) return
  watchedForDisposal.add(prototype)
  const withHiddenFrames = frameHiderFor(prototype)
  const { dispose } = prototype
  prototype.dispose = function (this: Methods & Layer, ...args) {
    listener.disposes(this)
    return withHiddenFrames(() => dispose.apply(this, args))
  }
}
