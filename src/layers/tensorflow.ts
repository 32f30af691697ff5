import { createRequire } from 'node:module'
import path from 'node:path'
import type * as TensorFlow from '@tensorflow/tfjs'

export type Tf = typeof TensorFlow

/** Packages that export the whole of TensorFlow.js. The native ones export what `@tensorflow/tfjs` does, and more. */
const PACKAGES = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs']

/**
 * Finds the TensorFlow.js that the program itself uses. It must be the same copy, because TensorFlow.js tells its objects
 * by their classes. A copy that is loaded already is preferred.
 * @throws Error when the program's folder has none, as in a bundle.
 */
export function findTensorFlow(): Tf {
  const folders = [process.argv[1] && path.dirname(path.resolve(process.argv[1])), process.cwd()]
  const found: (() => Tf)[] = []
  for (const folder of folders) {
    if (!folder) continue
    const require = createRequire(path.join(folder, 'program.js'))
    for (const name of PACKAGES) {
      let file: string
      try {
        file = require.resolve(name)
      } catch {
        continue
      }
      if (require.cache[file]) return require(name) as Tf
      // Loading the native package would start a backend that the program may not want.
      if (name === '@tensorflow/tfjs') found.push(() => require(name) as Tf)
    }
  }
  if (found[0]) return found[0]()
  throw new Error('TensorFlow.js was not found: pass it as { tf }')
}
