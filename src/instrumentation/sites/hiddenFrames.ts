import { formatTrace } from './formatTrace.ts'
import { errorOf, rootOf } from '../tfjs/realm.ts'

type PrepareStackTrace = (this: unknown, error: unknown, frames: NodeJS.CallSite[]) => unknown

/**
 * Frames that are captured beyond the user's `Error.stackTraceLimit`. They make up for the monitor's frames, so that
 * the user still gets as many as they asked for once those are removed.
 */
const EXTRA_FRAMES = 61

/** Node's own formatter, which uses source maps where they are on. Node 18 does not put it where it can be read. */
const nodeFormatter = Error.prepareStackTrace?.name === 'ErrorPrepareStackTrace' ? Error.prepareStackTrace : undefined

/** Whether `isPreparing` is finding out if V8 asks Node for formatters now. */
let probing = false
/** Whether V8 has read `Error.prepareStackTrace` since the probe began. */
let wasProbeRead = false
/** Whether a stack trace is being formatted, or the monitor's frames are to be shown. */
let filterIsOff = false
/** Whether `framesOf` asks for the frames themselves, in the place of a text. */
let framesAreWanted = false

/** The filter of each realm, by its `Object.prototype`. */
const filters = new WeakMap<object, FrameFilter>()

/**
 * Returns a function that calls on behalf of the user. Errors made in such a call have no frame of the monitor in their
 * stack traces, whether they are thrown or not, whoever reads the trace, and whenever. A `catch` around the call would
 * be simpler, but Node prints the line of the last `throw` above an uncaught error.
 * @param object an object of the realm that the calls go to.
 */
export function frameHiderFor(object: object): <T>(call: () => T) => T {
  const root = rootOf(object)
  let filter = filters.get(root)
  if (!filter) filters.set(root, (filter = new FrameFilter(errorOf(root))))
  const { withHiddenFrames } = filter
  return withHiddenFrames
}

/** The stack trace of an error in the monitor itself, whose frames are shown. */
export function unfilteredStack(error: unknown): string {
  const before = filterIsOff
  filterIsOff = true
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  } catch {
    return 'an error that cannot be printed'
  } finally {
    filterIsOff = before
  }
}

/**
 * The frames that `Error.captureStackTrace` has captured in an object, the monitor's included. Installing a formatter
 * for each call instead would take many times as long.
 * @returns null where the monitor's accessor is not installed, because nothing was called on behalf of the user so far.
 */
export function framesOf(captured: { stack?: unknown }): NodeJS.CallSite[] | null {
  if (!ownRealm.isInstalled()) return null
  framesAreWanted = true
  try {
    return captured.stack as NodeJS.CallSite[]
  } finally {
    framesAreWanted = false
  }
}

/**
 * The value that the program has given to `Error.prepareStackTrace`. Reading the property gives the same, and takes many
 * times as long: the monitor's accessor has to find out who reads it.
 */
export function programFormatter(): PrepareStackTrace | undefined {
  return ownRealm.programFormatter as PrepareStackTrace | undefined
}

/** Keeps the monitor's frames out of the stack traces of one realm. */
class FrameFilter {
  readonly #error: ErrorConstructor | null
  /** The value that the user has assigned to `Error.prepareStackTrace`. */
  #userFormatter: unknown = undefined
  /** Calls of `withHiddenFrames` under way. */
  #depth = 0
  /** The user's `Error.stackTraceLimit` when the outermost of those calls began. */
  #limit = 0

  /** @param error the realm's `Error`; null where it cannot be reached, and nothing is filtered. */
  constructor(error: ErrorConstructor | null) {
    this.#error = error
  }

  readonly withHiddenFrames = <T>(call: () => T): T => {
    const raised = this.#depth++ === 0 ? this.#begin() : null
    try {
      return call()
    } finally {
      this.#depth--
      // A limit that the user has set in the meantime stays.
      if (raised !== null && this.#error?.stackTraceLimit === raised) this.#error.stackTraceLimit = this.#limit
    }
  }

  /** Raises the user's limit. @returns the limit during the call; null where the user's stays. */
  #begin(): number | null {
    try {
      if (!this.#error) return null
      // `isPreparing` makes an error of the monitor's own realm, whatever realm the user's errors are of.
      if (this !== ownRealm) ownRealm.#install()
      this.#install()
      if (typeof this.#error.stackTraceLimit !== 'number') return null
      this.#limit = this.#error.stackTraceLimit
      return (this.#error.stackTraceLimit = this.#limit + EXTRA_FRAMES)
    } catch {
      // Node's intrinsics are frozen: the monitor's frames show.
      return null
    }
  }

  /**
   * Replaces `Error.prepareStackTrace` by an accessor, unless that is done. It gives Node the monitor's formatter, and
   * everyone else the value that the user has assigned.
   */
  #install(): void {
    if (this.isInstalled()) return
    const error = this.#error!
    this.#userFormatter = error.prepareStackTrace
    const enumerable = Object.getOwnPropertyDescriptor(error, 'prepareStackTrace')?.enumerable ?? false
    const set = (value: unknown): unknown => (this.#userFormatter = value)
    Object.defineProperty(error, 'prepareStackTrace', { configurable: true, enumerable, get: this.#read, set })
  }

  get programFormatter(): unknown {
    return this.isInstalled() ? this.#userFormatter : this.#error?.prepareStackTrace
  }

  isInstalled(): boolean {
    return this.#error !== null && Object.getOwnPropertyDescriptor(this.#error, 'prepareStackTrace')?.get === this.#read
  }

  readonly #read = (): unknown => {
    if (framesAreWanted) return returnFrames
    if (probing) {
      wasProbeRead = true
      return undefined
    }
    return !filterIsOff && isPreparing() ? this.#prepare : this.#userFormatter
  }

  readonly #prepare = withThis((self, error, frames) => {
    filterIsOff = true
    try {
      // Node goes by its own realm's formatter where the error's realm has none, as those of Vitest's vm pools.
      const isOwn = typeof this.#userFormatter === 'function'
      const ofProgram = isOwn ? this.#userFormatter : ownRealm.programFormatter
      const format = typeof ofProgram === 'function' ? ofProgram : (nodeFormatter ?? formatTrace)
      return Reflect.apply(format, isOwn ? self : Error, [error, this.#withoutOwnFrames(frames)]) as unknown
    } finally {
      filterIsOff = false
    }
  })

  #withoutOwnFrames(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
    const kept = frames.filter((frame) => frame.getFileName() !== __filename)
    // A trace of exactly the raised length was cut off there, so the monitor's call is further out than its last frame.
    const wasRaised = kept.length < frames.length || frames.length === this.#limit + EXTRA_FRAMES
    if (!wasRaised) return frames
    return ignoresLimit(frames) ? kept : kept.slice(0, this.#limit)
  }
}

/**
 * Whether Node has captured all frames of an error of its own, whatever the limit. Where source maps are on, Node 18
 * keeps them all, together with the frame of the function that captures them. In all other cases Node removes both
 * before it asks for a formatter.
 */
function ignoresLimit(frames: NodeJS.CallSite[]): boolean {
  return frames[0]?.getFunctionName() === '__node_internal_captureLargerStackTrace'
}

const returnFrames: PrepareStackTrace = (_, frames) => frames

/** Turns a function that gets `this` as its first argument into a formatter. */
function withThis(format: (self: unknown, error: unknown, frames: NodeJS.CallSite[]) => unknown): PrepareStackTrace {
  return function (error, frames) {
    return format(this, error, frames)
  }
}

/** The filter of the realm that Node and the monitor run in. */
const ownRealm = new FrameFilter(Error)
filters.set(Object.prototype, ownRealm)

/**
 * Whether Node reads `Error.prepareStackTrace` now in order to prepare a stack trace. While it does, V8 formats further
 * traces without reading the property, so that a trace made here does not reach the accessor.
 */
function isPreparing(): boolean {
  probing = true
  wasProbeRead = false
  try {
    return new Error().stack !== undefined && !wasProbeRead
  } catch {
    return false
  } finally {
    probing = false
  }
}
