import { frameHiderFor } from '../../sites/hiddenFrames.ts'
import type { Layer } from '../../tfjs/tfjs.ts'
import { onHistoryAssigned } from './historyAssignment.ts'

/** tfjs-layers' History callback, which the library itself adds to every `fit` and `fitDataset`. */
interface History {
  params?: {
    epochs?: number
    steps?: number | null
    samples?: number | null
    batchSize?: number | null
    doValidation?: boolean
  }
  onEpochBegin(epoch: number, logs?: unknown): Promise<void>
  onEpochEnd(epoch: number, logs?: Record<string, unknown>): Promise<void>
  onTrainEnd(logs?: unknown): Promise<void>
}

export interface EpochListener {
  /**
   * @param epoch from 0
   * @param epochs of this fit; null where unknown
   * @param steps training steps of an epoch; null where unknown
   * @param validates whether the epoch ends with a validation
   */
  beginEpoch(model: Layer, epoch: number, epochs: number | null, steps: number | null, validates: boolean): void
  endEpoch(model: Layer, epoch: number, metrics: Record<string, number | null>): void
  /** `fit` has ended. */
  endFit(model: Layer): void
  /** Evaluation of a batch (validation included) begins (+1) or ends (−1); calls nest. */
  evaluation(change: 1 | -1): void
}

const patched = new WeakSet<object>()

/**
 * Watches the epochs and evaluations of all models of a class. On a plain layer it does nothing. No callback of ours
 * enters the user's list, and no await is added.
 */
export function watchEpochs(model: Layer, listener: EpochListener): void {
  const prototype = ownerOf(model, 'makeTrainFunction')
  if (!prototype || patched.has(prototype)) return
  patched.add(prototype)
  onHistoryAssigned(prototype, (trained, history) => observe(trained, history as History, listener))
  watchTestFunction(prototype as Tester, listener)
}

function observe(model: Layer, history: History, listener: EpochListener): void {
  if (!history || typeof history.onEpochEnd !== 'function' || patched.has(history)) return
  patched.add(history)
  const { onEpochBegin, onEpochEnd, onTrainEnd } = history
  const methods: Pick<History, 'onEpochBegin' | 'onEpochEnd' | 'onTrainEnd'> = {
    onEpochBegin(epoch, logs) {
      const { epochs, steps, samples, batchSize, doValidation } = history.params ?? {}
      const known = steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : null)
      listener.beginEpoch(model, epoch, epochs ?? null, known, doValidation === true)
      return onEpochBegin.call(this, epoch, logs)
    },
    onEpochEnd(epoch, logs) {
      listener.endEpoch(model, epoch, numbersOf(logs ?? {}))
      return onEpochEnd.call(this, epoch, logs)
    },
    onTrainEnd(logs) {
      listener.endFit(model)
      return onTrainEnd.call(this, logs)
    },
  }
  // Not enumerable, as the methods that they hide: `fit` returns the history, and programs print it.
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(history, name, { value, writable: true, configurable: true, enumerable: false })
}

/** Reads the numbers of logs. Values that no callback of the user's asked for are still scalars on the backend. */
function numbersOf(logs: Record<string, unknown>): Record<string, number | null> {
  const metrics: Record<string, number | null> = {}
  for (const [name, value] of Object.entries(logs)) {
    if (name === 'batch' || name === 'size') continue
    const number = typeof value === 'number' ? value : (value as { dataSync?(): Float32Array })?.dataSync?.()[0]
    if (number !== undefined) metrics[name] = Number.isFinite(number) ? number : null
  }
  return metrics
}

/** A model, as far as its evaluation of one batch: `evaluate`, `evaluateDataset` and the validation in `fit` run it. */
interface Tester {
  testFunction?: ((data: unknown) => unknown) | null
  makeTestFunction(): void
}

/** Marks each batch, not the whole call, as an evaluation: a batch is synchronous, and other code may run in between. */
function watchTestFunction(prototype: Tester, listener: EpochListener): void {
  const original = prototype.makeTestFunction
  if (typeof original !== 'function') return
  const withHiddenFrames = frameHiderFor(prototype)
  prototype.makeTestFunction = function (this: Tester) {
    original.call(this)
    const test = this.testFunction
    if (!test) return
    this.testFunction = (data) => {
      listener.evaluation(1)
      try {
        return withHiddenFrames(() => test(data))
      } finally {
        listener.evaluation(-1)
      }
    }
  }
}

/** Returns the innermost prototype in the object's chain that has `name` as an own property; null where none has. */
export function ownerOf(object: object, name: string): object | null {
  for (let p: unknown = Object.getPrototypeOf(object); p; p = Object.getPrototypeOf(p)) {
    if (Object.hasOwn(p, name)) return p
  }
  return null
}
