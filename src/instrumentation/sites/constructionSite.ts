import fs from 'node:fs'
import path from 'node:path'
import type { Site } from '../../protocol/events.ts'
import { evaluatedModule } from './evaluatedModules.ts'
import { framesIn } from './hiddenFrames.ts'
import { originalPosition } from './sourceMaps.ts'

const DEPTH = 64

/**
 * Where the user's code is constructing the layer that is under construction now: the innermost frame of a file of
 * their own, mapped through source maps. Line and column count from 1; the column is V8's, at the called name.
 * @param layer the object under construction: frames up to the constructor of its own class are passed over, so that
 *   `new MyLayer()` is found rather than the `super()` in MyLayer.
 * @param awaiting whether code that awaits the construction counts as well
 * @returns null when no frame is the user's (a loaded model, a bundle without a source map).
 */
export function constructionSite(layer: object, awaiting: boolean): Site | null {
  const frames = callStack().filter((frame) => awaiting || !frame.isAsync())
  const within = outermostConstructor(frames, layer)
  let library: string | undefined
  return innermostUserFrame(frames, (file, position) => {
    // The innermost frame is the library's own, wherever its file lies: among vendored scripts, in a bundle. In a
    // bundle without a source map it stands for the user's code as well, and no line is better than a wrong one.
    library ??= file
    return file === library || position <= within
  })
}

/** Where the user's code is calling into the library now; null when no frame is the user's. */
export function callSite(frames = callStack()): Site | null {
  return innermostUserFrame(frames, () => false)
}

function innermostUserFrame(
  frames: NodeJS.CallSite[],
  passOver: (file: string, position: number) => boolean,
): Site | null {
  const prepare = Error.prepareStackTrace
  for (const [position, frame] of frames.entries()) {
    const evaluated = evaluatedModule(frame)
    const running = frame.getFileName() ?? evaluated
    if (!running || running === __filename || running.startsWith('node:')) continue
    // Before mapping, because it would read the libraries' large maps.
    const bundle = evaluated === null ? undefined : bundleOf(frames.slice(position))
    const site = isInstalled(running) ? null : originalPosition(frame, prepare, bundle)
    if (!passOver(site?.file ?? running, position) && site && isUsers(site.file)) return site
    // The frames further out are the bundle's own, and stand for no line of the user's.
    if (evaluated !== null && !isInstalled(running) && !site) return null
  }
  return null
}

/** The file whose code evaluates that of the first frame: the next that is a file, else the program's main one. */
function bundleOf(frames: NodeJS.CallSite[]): string | undefined {
  const files = frames.map((frame) => frame.getFileName())
  return files.find((file) => file && path.isAbsolute(file) && !isInstalled(file)) ?? process.argv[1]
}

/**
 * The present call stack, innermost frame first.
 * @param above this function's frame and those within it are left out.
 */
export function callStack(depth = DEPTH, above: (...args: never[]) => unknown = callStack): NodeJS.CallSite[] {
  const limit = Error.stackTraceLimit
  const here: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = depth
    Error.captureStackTrace(here, above)
  } finally {
    Error.stackTraceLimit = limit
  }
  const frames = framesIn(here)
  if (frames) return frames
  const own = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  try {
    // Defined, not assigned: an assignment would be taken for the user's (ownFrames.ts).
    Object.defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      value: (_: unknown, sites: unknown) => sites,
    })
    return here.stack as NodeJS.CallSite[]
  } finally {
    if (own) Object.defineProperty(Error, 'prepareStackTrace', own)
    else Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
}

/**
 * Position of the outermost frame in which the layer is being constructed; -1 where there is none. Between it and the
 * library's there may be others, of a compiler's helper that calls `super`.
 *
 * In strict code `getThis` is hidden, so the constructors of the layer's classes are known by their names. They are on
 * the stack from the base class to the derived one, each once: another object whose class has the same name is none.
 */
function outermostConstructor(frames: NodeJS.CallSite[], layer: object): number {
  const classes: (string | undefined)[] = []
  for (let p: unknown = Object.getPrototypeOf(layer); p; p = Object.getPrototypeOf(p))
    classes.unshift((p as { constructor?: { name?: string } }).constructor?.name)
  let outermost = -1
  let next = 0
  for (const [position, frame] of frames.entries()) {
    const name = frame.isConstructor() ? frame.getFunctionName() : null
    const at = name ? classes.indexOf(name, next) : -1
    if (at >= 0) next = at + 1
    if (at >= 0 || frame.getThis() === layer) outermost = position
  }
  return outermost
}

/** Source maps of bundled libraries name files that nobody has: whatever is not on disk is not the user's. */
function isUsers(file: string): boolean {
  return !isInstalled(file) && path.isAbsolute(file) && fs.existsSync(file)
}

/** Whether a file is a package's. */
export function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file)
}
