import fs from 'node:fs'
import { SourceMap } from 'node:module'

/** Source maps that were read, by bundle and module; null for a module without one. */
const maps = new Map<string, SourceMap | null>()

/**
 * Name of the module that a stack frame is in, where a bundler wraps each module in an `eval`. Webpack does so in
 * development by default (`devtool: 'eval'`, `'eval-source-map'`). Null for any other frame.
 */
export function evaluatedModule(frame: NodeJS.CallSite): string | null {
  if (!frame.isEval()) return null
  const name = frame.getScriptNameOrSourceURL?.()
  return name && /^\w+pack(-internal)?:\/\//.test(name) ? name : null
}

/**
 * The source map of a module that is wrapped in an `eval`; null where there is none. The map is part of the bundle's
 * text, escaped like the rest of the module. Node reads it only where its own source map support is on.
 * @param bundle absolute path
 */
export function mapInBundle(bundle: string, module: string): SourceMap | null {
  const key = `${bundle}\n${module}`
  let map = maps.get(key)
  if (map === undefined) maps.set(key, (map = readMap(bundle, module)))
  return map
}

function readMap(bundle: string, module: string): SourceMap | null {
  try {
    const text = fs.readFileSync(bundle, 'utf8')
    const end = text.indexOf(`\\n//# sourceURL=${module}\\n`)
    const start = text.lastIndexOf('base64,', end)
    if (end < 0 || start < 0) return null
    return new SourceMap(JSON.parse(Buffer.from(text.slice(start + 7, end), 'base64').toString()) as never)
  } catch {
    return null
  }
}
