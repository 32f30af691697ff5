import type { Engine } from './tfjs.ts'
import { completeWasm } from './wasm/completeWasm.ts'

/** What a person is told of the backend that trains. */
export interface BackendReport {
  /** For the run's header. */
  name: string
  /** A problem that does not stop the training; null when there is none. */
  warning: { message: string; advice: string } | null
}

/**
 * Looks at the backend before the first training step, and makes training on wasm possible.
 * @param complete whether gradient kernels may be supplied to the wasm backend
 */
export function prepareBackend({ backendName }: Engine, complete: boolean): BackendReport {
  if (backendName === 'wasm' && complete) {
    return { name: `wasm, with ${completeWasm().length} gradient kernels of Saturation Inspector`, warning: null }
  }
  if (backendName === 'wasm') {
    const message = 'The wasm backend lacks gradients of convolutions and look-ups, and some of those it has are wrong.'
    const advice = 'Training may fail or go astray. The setting saturation.completeWasm supplies them.'
    return { name: backendName, warning: { message, advice } }
  }
  if (backendName === 'cpu') {
    const message = 'This trains on TensorFlow.js’s plain JavaScript backend, much slower than its native one.'
    const advice = 'Use @tensorflow/tfjs-node, or the backend wasm (@tensorflow/tfjs-backend-wasm).'
    return { name: backendName, warning: { message, advice } }
  }
  return { name: backendName, warning: null }
}
