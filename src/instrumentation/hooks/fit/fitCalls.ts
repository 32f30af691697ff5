import { frameHiderFor } from '../../sites/hiddenFrames.ts'
import type { Layer } from '../../tfjs/tfjs.ts'
import { ownerOf } from './epochs.ts'

/** The methods of a model that begin a training, and where each has its arguments as an object; null where nowhere. */
const ARGUMENTS = { fit: 2, fitDataset: 1, trainOnBatch: null } as const

/** A method that begins a training. */
export type FitMethod = keyof typeof ARGUMENTS

/**
 * Called when a model's `fit`, `fitDataset` or `trainOnBatch` is called, before it does anything.
 * @param args the object of arguments, undefined where there is none
 * @returns the arguments that the method gets; those of the program are not changed. What it throws, the call rejects
 *   with.
 */
export type FitListener = (model: Layer, method: FitMethod, args: object | undefined) => object | undefined

type Train = (this: Layer, ...args: unknown[]) => Promise<unknown>

const watched = new WeakSet<object>()

/**
 * Watches the calls that begin a training, of all models of a class. On a plain layer it does nothing. `Sequential`
 * calls the methods of a `LayersModel` that it contains, so that each call is seen once.
 */
export function watchFitCalls(model: Layer, listener: FitListener): void {
  const prototype = ownerOf(model, 'makeTrainFunction') as Record<FitMethod, Train> | null
  if (!prototype || watched.has(prototype)) return
  watched.add(prototype)
  const withHiddenFrames = frameHiderFor(model)
  for (const method of Object.keys(ARGUMENTS) as FitMethod[]) {
    const original = prototype[method]
    if (typeof original !== 'function') continue
    const position = ARGUMENTS[method]
    const replaced: Train = function (...args) {
      try {
        const given = position === null ? undefined : (args[position] as object | undefined)
        const changed = listener(this, method, given)
        if (position !== null && changed !== given) args[position] = changed
      } catch (error) {
        // These methods are asynchronous: a program that handles their errors handles a rejection.
        return Promise.reject(error instanceof Error ? error : new Error(String(error)))
      }
      return withHiddenFrames(() => original.apply(this, args))
    }
    Object.defineProperty(prototype, method, { value: replaced, configurable: true, writable: true, enumerable: false })
  }
}
