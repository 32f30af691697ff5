import fs from 'node:fs'
import path from 'node:path'

declare const PRODUCT_VERSION: string

/**
 * Versions of Node, this product and TensorFlow.js packages, for the run's header. The packages are found by the files
 * that this process has loaded. A bundle loads none of those files, so its packages are not listed.
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
      // The package.json cannot be read: the package is not listed.
    }
  }
  return found
}
