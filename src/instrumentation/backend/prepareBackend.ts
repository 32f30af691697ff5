import type { Engine } from '../tfjs/tfjs.ts'
import { versions } from '../process/versions.ts'
import { completeWasm } from './completeWasm.ts'
import { hasKernel } from './registry.ts'

/** What a person reads about the backend that trains. */
export interface BackendReport {
  /** Name for the run's header. */
  name: string
  /** A problem that does not stop the training; null when there is none. */
  warning: { message: string; advice: string } | null
  /** Why no layer can be measured on it; null when all can. */
  unmeasurable: string | null
}

/** First version of TensorFlow.js in which every op that the sums need is a kernel. */
const OLDEST_VERSION = '2.8'
/** Ops of the sums that were among the last to become kernels: a library that has them has all. */
const NEWEST_KERNELS = ['BatchMatMul', 'StridedSlice']

/**
 * Checks the backend before the first training step, and makes training on wasm possible.
 * @param complete whether gradient kernels may be supplied to the wasm backend
 */
export function prepareBackend(engine: Engine, complete: boolean): BackendReport {
  const { backendName, backend } = engine
  const report = { name: backendName, warning: null, unmeasurable: null }
  // On tfjs-node the sums call the native ops, not kernels.
  if (!backend.binding && !NEWEST_KERNELS.every((kernel) => hasKernel(engine, kernel))) {
    const version = versions()['tfjs-core']
    const message = `TensorFlow.js${version ? ` ${version}` : ''} is too old for its layers to be measured.`
    const advice = `${OLDEST_VERSION} is the oldest that can be, and 4.22 the one that is tested most. Steps and loss are shown all the same.`
    return { ...report, warning: { message, advice }, unmeasurable: `TensorFlow.js is older than ${OLDEST_VERSION}` }
  }
  if (backendName === 'wasm' && complete) {
    return { ...report, name: `wasm, with ${completeWasm().length} gradient kernels of Saturation Inspector` }
  }
  if (backendName === 'wasm') {
    const message = 'The wasm backend lacks gradients of convolutions and look-ups, and some of those it has are wrong.'
    const advice = 'Training may fail or go astray. The setting saturation.completeWasm supplies them.'
    return { ...report, warning: { message, advice } }
  }
  if (backendName === 'cpu') {
    const message = 'This trains on TensorFlow.js’s plain JavaScript backend, much slower than its native one.'
    const advice = 'Use @tensorflow/tfjs-node, or the backend wasm (@tensorflow/tfjs-backend-wasm).'
    return { ...report, warning: { message, advice } }
  }
  return report
}
