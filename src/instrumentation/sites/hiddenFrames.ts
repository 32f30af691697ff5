import { printedTrace } from './formatTrace.ts'
import { errorOf, rootOf } from '../tfjs/realm.ts'

type PrepareStackTrace = (this: unknown, error: unknown, frames: NodeJS.CallSite[]) => unknown

/** Frames captured beyond the user's `Error.stackTraceLimit`, so that as many as they asked for are left without ours. */
const SPARE = 61

/** How Node prints where the user has no formatter: by source maps if they are on. Node 18 has it only within. */
const ofNode = Error.prepareStackTrace?.name === 'ErrorPrepareStackTrace' ? Error.prepareStackTrace : undefined

let probing = false
let probed = false
let preparing = false
/** Whether the frames themselves are asked for. */
let bare = false

const keepers = new WeakMap<object, Keeper>()

/**
 * Calls on behalf of the user, without leaving a frame of ours in the stack traces of errors that are made in there,
 * thrown or not, whoever reads them and when. A `catch` here would be simpler, but Node prints the line of the last
 * `throw` above an uncaught error.
 * @param object what is called is of the same realm as this object.
 */
export function unseenIn(object: object): <T>(call: () => T) => T {
  const root = rootOf(object)
  let keeper = keepers.get(root)
  if (!keeper) keepers.set(root, (keeper = new Keeper(errorOf(root))))
  const { unseen } = keeper
  return unseen
}

/** What an error of ours says of itself to us, who want to see our frames. */
export function ownStack(error: unknown): string {
  const before = preparing
  preparing = true
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  } catch {
    return 'an error that cannot be printed'
  } finally {
    preparing = before
  }
}

/**
 * The frames of what `Error.captureStackTrace` has filled, ours included. To put a formatter in place for each takes many
 * times as long.
 * @returns null where there is no accessor of ours to ask: nothing has been called on behalf of the user so far.
 */
export function framesIn(captured: { stack?: unknown }): NodeJS.CallSite[] | null {
  if (!ours.isInstalled()) return null
  bare = true
  try {
    return captured.stack as NodeJS.CallSite[]
  } finally {
    bare = false
  }
}

/** Keeps our frames out of the stack traces of one realm. */
class Keeper {
  readonly #error: ErrorConstructor | null
  /** What the user has in `Error.prepareStackTrace`. */
  #theirs: unknown = undefined
  /** Calls of `unseen` under way, and the user's limit when the outermost began. */
  #depth = 0
  #limit = 0

  constructor(error: ErrorConstructor | null) {
    this.#error = error
  }

  readonly unseen = <T>(call: () => T): T => {
    const raised = this.#depth++ === 0 ? this.#begin() : null
    try {
      return call()
    } finally {
      this.#depth--
      // A limit that they have set meanwhile is theirs.
      if (raised !== null && this.#error?.stackTraceLimit === raised) this.#error.stackTraceLimit = this.#limit
    }
  }

  /** @returns the limit that is in force in the call; null where the user's stays. */
  #begin(): number | null {
    try {
      // Whether Node is asking is found out by an error of ours.
      if (!this.#error) return null
      if (this !== ours) ours.#install()
      this.#install()
      if (typeof this.#error.stackTraceLimit !== 'number') return null
      this.#limit = this.#error.stackTraceLimit
      return (this.#error.stackTraceLimit = this.#limit + SPARE)
    } catch {
      // Frozen intrinsics: our frames show.
      return null
    }
  }

  /**
   * Puts an accessor in the place of `Error.prepareStackTrace`, unless it is there. It gives Node our filter and everybody
   * else what they have put there.
   */
  #install(): void {
    if (this.isInstalled()) return
    const error = this.#error!
    this.#theirs = error.prepareStackTrace
    const enumerable = Object.getOwnPropertyDescriptor(error, 'prepareStackTrace')?.enumerable ?? false
    const set = (value: unknown): unknown => (this.#theirs = value)
    Object.defineProperty(error, 'prepareStackTrace', { configurable: true, enumerable, get: this.#read, set })
  }

  isInstalled(): boolean {
    return this.#error !== null && Object.getOwnPropertyDescriptor(this.#error, 'prepareStackTrace')?.get === this.#read
  }

  readonly #read = (): unknown => {
    if (bare) return themselves
    if (probing) {
      probed = true
      return undefined
    }
    return !preparing && isPreparing() ? this.#prepare : this.#theirs
  }

  readonly #prepare = withThis((self, error, frames) => {
    preparing = true
    try {
      const theirs = typeof this.#theirs === 'function' ? this.#theirs : (ofNode ?? printedTrace)
      return Reflect.apply(theirs, self, [error, this.#withoutOurs(frames)]) as unknown
    } finally {
      preparing = false
    }
  })

  #withoutOurs(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
    const kept = frames.filter((frame) => frame.getFileName() !== __filename)
    // Without a frame of ours, that many were captured only where our call was further out still.
    const raised = kept.length < frames.length || frames.length === this.#limit + SPARE
    if (!raised) return frames
    return isWhole(frames) ? kept : kept.slice(0, this.#limit)
  }
}

/**
 * Whether Node has captured all frames, whatever the limit, for an error of its own. Where source maps are on, Node 18
 * leaves them in, and so it does the function that captures them; else both are gone before anyone is asked.
 */
function isWhole(frames: NodeJS.CallSite[]): boolean {
  return frames[0]?.getFunctionName() === '__node_internal_captureLargerStackTrace'
}

const themselves: PrepareStackTrace = (_, frames) => frames

/** A formatter that is told its own `this`. */
function withThis(format: (self: unknown, error: unknown, frames: NodeJS.CallSite[]) => unknown): PrepareStackTrace {
  return function (error, frames) {
    return format(this, error, frames)
  }
}

/** Of the realm that Node itself runs in. */
const ours = new Keeper(Error)
keepers.set(Object.prototype, ours)

/** Whether Node is asking, in order to prepare a stack trace: within that, V8 prints others without asking Node. */
function isPreparing(): boolean {
  probing = true
  probed = false
  try {
    return new Error().stack !== undefined && !probed
  } catch {
    return false
  } finally {
    probing = false
  }
}
