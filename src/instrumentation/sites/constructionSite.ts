import fs from 'node:fs'
import path from 'node:path'
import type { Site } from '../../protocol/layer.ts'
import { evaluatedModule } from './evaluatedModules.ts'
import { framesOf, programFormatter } from './hiddenFrames.ts'
import { printedFrames } from './printedFrames.ts'
import { originalPosition } from './sourceMaps.ts'

/** Whether V8 cannot be asked about its frames (`--frozen-intrinsics`). They are frozen after the preload. */
const isFrozen = (): boolean => Object.isFrozen(Error)
/** Most frames of the call stack that are searched for the user's code. */
const MAX_FRAMES = 64
/**
 * Frames that are captured at first. They are enough for most layers, and a search over thousands of models pays for
 * each frame of each layer.
 */
const NEAR_FRAMES = 16

/**
 * Where the user's code constructs the layer that is under construction now: the innermost frame in a file of the
 * user's, mapped through source maps. Line and column count from 1. The column is V8's, at the name that is called.
 * @param layer the object under construction. Frames up to the constructor of its own class are skipped, so that
 *   `new MyLayer()` is found and not the `super()` in MyLayer.
 * @param awaiting whether code that awaits the construction counts as well
 * @param above the monitor's function that the constructor has called; without it, the monitor's frames are captured, too
 * @returns null when no frame is in the user's code (a loaded model, a bundle without a source map).
 */
export function constructionSite(layer: object, awaiting: boolean, above?: () => void): Site | null {
  // Frozen intrinsics keep their limit of frames, so it has to do for those in front of the constructor.
  if (isFrozen()) return siteAmong(callStack(MAX_FRAMES, layer.constructor as () => unknown), layer, awaiting).site
  const frames = callStack(NEAR_FRAMES, above)
  const near = siteAmong(frames, layer, awaiting)
  // Without the frame of `new`, code that only calls `super` might be taken for the place.
  const isAll = frames.length < NEAR_FRAMES || (near.site !== null && near.isNewSeen)
  return isAll ? near.site : siteAmong(callStack(MAX_FRAMES, above), layer, awaiting).site
}

/**
 * Where the user's code constructs a layer, among some frames of the call stack.
 * @returns the place, and whether the frame of the layer's outermost constructor is among the frames
 */
function siteAmong(
  captured: NodeJS.CallSite[],
  layer: object,
  awaiting: boolean,
): { site: Site | null; isNewSeen: boolean } {
  const frames = awaiting ? captured : captured.filter((frame) => !frame.isAsync())
  const { outermost: within, isNewSeen } = outermostConstructor(frames, layer)
  let library: string | undefined
  const site = innermostUserFrame(frames, (file, position) => {
    // The innermost frame is the library's own, wherever its file lies: among vendored scripts, or in a bundle. In a
    // bundle without a source map the user's code has the same file: no place is better than a wrong one.
    if (!isFrozen() || isInstalled(file)) library ??= file
    return file === library || position <= within
  })
  return { site, isNewSeen }
}

/** Where the user's code calls into the library now; null when no frame is in the user's code. */
export function callSite(frames = callStack()): Site | null {
  return innermostUserFrame(frames, () => false)
}

/** The place of the innermost frame in the user's code that `skip` does not skip, mapped through source maps. */
function innermostUserFrame(frames: NodeJS.CallSite[], skip: (file: string, position: number) => boolean): Site | null {
  const prepare = programFormatter()
  for (const [position, frame] of frames.entries()) {
    const evaluated = evaluatedModule(frame)
    const running = frame.getFileName() ?? evaluated
    if (!running || running === __filename || running.startsWith('node:')) continue
    // Installed packages are recognised before mapping, which would read their large source maps.
    const bundle = evaluated === null ? undefined : bundleOf(frames.slice(position))
    const site = isInstalled(running) ? null : originalPosition(frame, prepare, bundle)
    if (!skip(site?.file ?? running, position) && site && isUserFile(site.file)) return site
    // The frames further out belong to the bundle itself, and not to a line of the user's.
    if (evaluated !== null && !isInstalled(running) && !site) return null
  }
  return null
}

/** The file that evaluates the first frame's code: that of the next frame with a file, else the program's main file. */
function bundleOf(frames: NodeJS.CallSite[]): string | undefined {
  const files = frames.map((frame) => frame.getFileName())
  return files.find((file) => file && path.isAbsolute(file) && !isInstalled(file)) ?? process.argv[1]
}

/**
 * The present call stack, innermost frame first.
 * @param depth most frames to return
 * @param above a function whose frame is left out, together with the frames that it called.
 */
export function callStack(depth = MAX_FRAMES, above: (...args: never[]) => unknown = callStack): NodeJS.CallSite[] {
  const limit = Error.stackTraceLimit
  const here: { stack?: unknown } = {}
  try {
    // Frozen intrinsics keep their limit.
    Reflect.set(Error, 'stackTraceLimit', depth)
    Error.captureStackTrace(here, above)
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit)
  }
  const frames = framesOf(here)
  if (frames) return frames
  if (isFrozen()) return typeof here.stack === 'string' ? printedFrames(here.stack) : []
  const own = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  try {
    // The property is defined and not assigned, because an assignment would count as the user's formatter
    // (hiddenFrames.ts).
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
 * Position of the outermost frame in which the layer is being constructed; -1 where there is none. Between that frame
 * and the library's there may be frames of a compiler's helper that calls `super`.
 *
 * In strict code `getThis` returns undefined, so the constructors of the layer's classes are recognised by their names.
 * They are on the stack once each, in order from the base class to the derived one. The order tells them from the
 * constructor of another object whose class happens to have the same name.
 * @returns the position, and whether that frame is the one of `new`: no frame further out belongs to the layer
 */
function outermostConstructor(
  frames: readonly NodeJS.CallSite[],
  layer: object,
): { outermost: number; isNewSeen: boolean } {
  const classes = classesOf(layer)
  let outermost = -1
  let next = 0
  for (const [position, frame] of frames.entries()) {
    const name = frame.isConstructor() ? frame.getFunctionName() : null
    const at = name ? classes.indexOf(name, next) : -1
    if (at >= 0) next = at + 1
    if (at >= 0 || frame.getThis() === layer) outermost = position
  }
  return { outermost, isNewSeen: next === classes.length }
}

/** Names of the classes of a layer, from the base class to its own. */
function classesOf(layer: object): readonly (string | undefined)[] {
  const classes: (string | undefined)[] = []
  for (let p: unknown = Object.getPrototypeOf(layer); p; p = Object.getPrototypeOf(p))
    classes.unshift((p as { constructor?: { name?: string } }).constructor?.name)
  return classes
}

/** Whether the constructor of a layer's own class is running. It may be that of another layer of the same class. */
export function isInConstructor(layer: object): boolean {
  const { name } = layer.constructor
  return callStack().some((frame) => frame.isConstructor() && (frame.getFunctionName() ?? '') === name)
}

/** Files that were found to be the user's: a program may construct thousands of layers. */
const userFiles = new Set<string>()

/** Whether a file is the user's. Source maps of bundled libraries name files that are not on disk; those are not. */
function isUserFile(file: string): boolean {
  if (userFiles.has(file)) return true
  const isUsers = !isInstalled(file) && path.isAbsolute(file) && fs.existsSync(file)
  if (isUsers) userFiles.add(file)
  return isUsers
}

/** Whether a file belongs to an installed package. */
export function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file)
}
