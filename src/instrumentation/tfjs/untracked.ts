import type { Engine } from './tfjs.ts'

/**
 * Runs kernels so that the training does not notice: the gradient tape does not record them (`kernelDepth`), and every
 * tensor that they make is freed at the end (`tidy`). The result is kept from `tidy`, which looks for tensors in what it
 * returns: it lists each number of a typed array as a property, tens of bytes each.
 */
export function untracked<T>(engine: Engine, f: () => T): T {
  engine.state.kernelDepth++
  try {
    let result: T | undefined
    engine.tidy(() => void (result = f()))
    return result as T
  } finally {
    engine.state.kernelDepth--
  }
}
