type PrepareStackTrace = (this: unknown, error: unknown, frames: NodeJS.CallSite[]) => unknown

/** Frames captured beyond the user's `Error.stackTraceLimit`, so that as many as they asked for are left without ours. */
const SPARE = 61

/** How Node prints where the user has no formatter: by source maps if they are on. Node 18 has no such function. */
const ofNode = Error.prepareStackTrace?.name === 'ErrorPrepareStackTrace' ? Error.prepareStackTrace : undefined

/** What the user has in `Error.prepareStackTrace`. */
let theirs: unknown = undefined
let probing = false
let probed = false
let preparing = false
/** Calls of `unseen` under way, and the user's limit when the outermost began. */
let depth = 0
let limit = 0

/**
 * Calls on behalf of the user, without leaving a frame of ours in the stack traces of errors that are made in there,
 * thrown or not, whoever reads them and when. A `catch` here would be simpler, but Node prints the line of the last
 * `throw` above an uncaught error.
 */
export function unseen<T>(call: () => T): T {
  const raised = depth++ === 0 ? begin() : null
  try {
    return call()
  } finally {
    depth--
    // A limit that they have set meanwhile is theirs.
    if (raised !== null && Error.stackTraceLimit === raised) Error.stackTraceLimit = limit
  }
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

/** @returns the limit that is in force in the call; null where the user's stays. */
function begin(): number | null {
  try {
    if (!install() || typeof Error.stackTraceLimit !== 'number') return null
    limit = Error.stackTraceLimit
    return (Error.stackTraceLimit = limit + SPARE)
  } catch {
    // Frozen intrinsics: our frames show.
    return null
  }
}

/**
 * Puts an accessor in the place of `Error.prepareStackTrace`, unless it is there. It gives Node our filter and everybody
 * else what they have put there.
 * @returns false where filtered frames could not be printed as Node would.
 */
function install(): boolean {
  const present = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  if (present?.get !== read) {
    theirs = Error.prepareStackTrace
    const enumerable = present?.enumerable ?? false
    Object.defineProperty(Error, 'prepareStackTrace', { configurable: true, enumerable, get: read, set: write })
  }
  return canPrepare()
}

/** Node 18 with source maps on prints in a way that cannot be called. */
function canPrepare(): boolean {
  if (typeof theirs === 'function' || ofNode) return true
  return !(process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled
}

function write(value: unknown): void {
  theirs = value
}

function read(): unknown {
  if (probing) {
    probed = true
    return undefined
  }
  return !preparing && canPrepare() && isPreparing() ? prepare : theirs
}

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

const prepare: PrepareStackTrace = function (this: unknown, error, frames) {
  preparing = true
  try {
    return Reflect.apply(typeof theirs === 'function' ? theirs : (ofNode ?? print), this, [error, withoutOurs(frames)])
  } finally {
    preparing = false
  }
}

function withoutOurs(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const kept = frames.filter((frame) => frame.getFileName() !== __filename)
  // Without a frame of ours, that many were captured only where our call was further out still.
  const raised = kept.length < frames.length || frames.length === limit + SPARE
  return raised ? kept.slice(0, limit) : frames
}

/** As Node prints where it has no function to call. */
const print: PrepareStackTrace = (error, frames) => {
  let header: string
  try {
    const coded = Object.getOwnPropertySymbols(error).some(({ description }) => description === 'kIsNodeError')
    const { name, code, message } = error as NodeJS.ErrnoException
    header = coded ? `${name} [${code}]: ${message}` : Error.prototype.toString.call(error)
  } catch {
    header = '<error>'
  }
  return [header, ...frames.map(String)].join('\n    at ')
}
