import type { Engine } from './tfjs.ts'

/**
 * Runs kernels so that the training does not notice: the gradient tape does not record them (`kernelDepth`), and every
 * tensor that they make is freed at the end (`tidy`).
 */
export function untracked<T>(engine: Engine, f: () => T): T {
  engine.state.kernelDepth++
  try {
    return engine.tidy(f)
  } finally {
    engine.state.kernelDepth--
  }
}
