import fs from 'node:fs'
import path from 'node:path'

declare const PRODUCT_VERSION: string

/**
 * Versions for the run's header. TensorFlow.js packages are recognised by the files this process has loaded; inside a
 * bundle there are none, and nothing is guessed.
 */
export function versions(): Record<string, string> {
  const found: Record<string, string> = { node: process.version.slice(1), 'saturation-inspector': PRODUCT_VERSION }
  for (const file of Object.keys(require.cache)) {
    const match = /^(.*[\\/]@tensorflow[\\/](tfjs[a-z-]*))[\\/]/.exec(file)
    if (!match || found[match[2]!]) continue
    try {
      const { version } = JSON.parse(fs.readFileSync(path.join(match[1]!, 'package.json'), 'utf8')) as {
        version: string
      }
      found[match[2]!] = version
    } catch {
      // A package without a readable package.json has no version to show.
    }
  }
  return found
}
