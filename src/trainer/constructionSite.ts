import fs from 'node:fs'
import type { Site } from '../run/events.ts'
import { originalPosition } from './sourceMaps.ts'

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
  const own = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const prepare = Error.prepareStackTrace
  let frames: NodeJS.CallSite[]
  try {
    Error.stackTraceLimit = DEPTH
    Error.prepareStackTrace = (_, sites) => sites
    frames = new Error().stack as unknown as NodeJS.CallSite[]
  } finally {
    Error.stackTraceLimit = limit
    if (own) Object.defineProperty(Error, 'prepareStackTrace', own)
    else Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
  for (const frame of frames) {
    if (frame.isConstructor() && frame.getThis() === layer) continue
    if (isConstructorOf(frame, layer)) continue
    const site = userSite(frame, prepare)
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

function userSite(frame: NodeJS.CallSite, prepare: typeof Error.prepareStackTrace): Site | null {
  // Before mapping: it would lead from our bundle to files nobody has, and read the libraries' large maps.
  const running = frame.getFileName()
  if (!running || running === __filename || isLibrary(running)) return null
  const site = originalPosition(frame, prepare)
  return site && !isLibrary(site.file) && fs.existsSync(site.file) ? site : null
}

/** An installed package, or TensorFlow.js's own sources inside a bundle. */
function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]|[\\/]tfjs-[a-z]+[\\/](src|dist)[\\/]/.test(file)
}
