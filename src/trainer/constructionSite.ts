import fs from 'node:fs'
import { findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Site } from '../run/events.ts'

const DEPTH = 64

/**
 * Where the user's code is constructing the layer that is under construction now: the innermost frame of a file of
 * their own, mapped through source maps. Line and column count from 1; the column is V8's, at the called name.
 * @param layer the object under construction: frames of its own class constructors are passed over, so that
 *   `new MyLayer()` is found rather than the `super()` in MyLayer.
 * @returns null when no frame is the user's (a loaded model).
 */
export function constructionSite(layer: object): Site | null {
  const limit = Error.stackTraceLimit
  const prepare = Error.prepareStackTrace
  let frames: NodeJS.CallSite[]
  try {
    Error.stackTraceLimit = DEPTH
    Error.prepareStackTrace = (_, sites) => sites
    frames = new Error().stack as unknown as NodeJS.CallSite[]
  } finally {
    Error.stackTraceLimit = limit
    Error.prepareStackTrace = prepare
  }
  for (const frame of frames) {
    if (frame.isConstructor() && frame.getThis() === layer) continue
    if (isConstructorOf(frame, layer)) continue
    const site = userSite(frame)
    if (site) return site
  }
  return null
}

/** In strict code `getThis` is hidden, so a constructor of one of the layer's own classes is known by its name. */
function isConstructorOf(frame: NodeJS.CallSite, layer: object): boolean {
  if (!frame.isConstructor()) return false
  for (let p: unknown = Object.getPrototypeOf(layer); p; p = Object.getPrototypeOf(p)) {
    const name = (p as { constructor?: { name?: string } }).constructor?.name
    if (name && name === frame.getFunctionName()) return true
  }
  return false
}

function userSite(frame: NodeJS.CallSite): Site | null {
  let file = frame.getScriptNameOrSourceURL?.() ?? frame.getFileName()
  let line = frame.getLineNumber()
  let column = frame.getColumnNumber()
  if (!file || !line || !column) return null
  if (file.startsWith('node:')) return null
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1)
  if (entry && 'originalSource' in entry && entry.originalSource) {
    file = entry.originalSource
    line = entry.originalLine + 1
    column = entry.originalColumn + 1
  }
  if (file.startsWith('file:')) file = fileURLToPath(file)
  if (file === __filename || /[\\/]node_modules[\\/]|[\\/]tfjs-[a-z]+[\\/](src|dist)[\\/]/.test(file)) return null
  return fs.existsSync(file) ? { file, line, column } : null
}
