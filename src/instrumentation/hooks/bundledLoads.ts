import fs from 'node:fs'
import { promiseHooks } from 'node:v8'
import type { Site } from '../../protocol/layer.ts'
import { callSite, callStack, isInstalled } from '../sites/constructionSite.ts'
import { evaluatedModule } from '../sites/evaluatedModules.ts'
import { originalPosition, sourcesOf } from '../sites/sourceMaps.ts'

/** The call site in which each promise of tfjs-layers' loading code was made. */
const callSites = new WeakMap<Promise<unknown>, Site>()
/** The promise whose continuation is running. */
let running: Promise<unknown> | null = null
/** Whether an async function has been called since that continuation began. */
let calledAsync = false
/** Whether a model has begun to load since that continuation began. */
let loading = false
let watching = false

/** Whether the code at a position loads models, by file and position. */
const loadsAt = new Map<string, Map<number, boolean>>()

/**
 * Begins to note which call loads which model, if the program is a bundle that contains TensorFlow.js and calls
 * `loadLayersModel`. To be called while TensorFlow.js makes its engine.
 *
 * In a bundle of ES modules the loading function is a local binding, so no setter or proxy can see it being called. Its
 * layers are constructed behind an await, and V8 keeps no trace of the caller if the awaited promise is already
 * settled. But that await makes a promise while the caller is still on the stack, and V8's promise hooks report its
 * continuation.
 */
export function watchLoadCalls(): void {
  if (watching || !isLoadingBundle()) return
  watching = true
  const stop = promiseHooks.createHook({
    init,
    before(promise) {
      running = promise
      calledAsync = loading = false
    },
    after: () => (running = null),
  }) as () => void

  /**
   * Called for each promise of the program. The promise of an async function's call has no parent, that of an await has
   * one. Loading always goes through a second async function, so the first call after a continuation is not examined:
   * examining a stack takes microseconds.
   */
  function init(promise: Promise<unknown>, parent: Promise<unknown> | undefined): void {
    if (parent ? !loading : !calledAsync) {
      calledAsync ||= !parent
      return
    }
    try {
      if (!isMadeByLoading(callStack(1, init)[0])) return
      loading = true
      const site = callSite(callStack().filter((frame) => !frame.isAsync()))
      if (site) callSites.set(promise, site)
    } catch {
      // An exception in here would end the program.
      stop()
    }
  }
}

/** Returns the site of the call that is loading a model now; null where none is, or where `onModelLoaded` sees it. */
export function loadCallSite(): Site | null {
  return (running && callSites.get(running)) ?? null
}

/** Whether the program is a bundle of TensorFlow.js with code that loads models. */
function isLoadingBundle(): boolean {
  const frames = callStack()
  // In a bundle that evaluates each module by itself, no module's file names the others: it is assumed to load models.
  if (frames.some((frame) => evaluatedModule(frame) !== null)) return true
  const bundle = frames.map((frame) => frame.getFileName()).find((file) => file && !isOwn(file))
  if (!bundle || isInstalled(bundle)) return false
  // The program may be in another file than the libraries.
  const files = new Set([bundle, process.argv[1] ?? bundle].flatMap(sourcesOf))
  return [...files].some((file) => !isLibrary(file) && mentionsLoad(file))
}

function isOwn(file: string): boolean {
  return file === __filename || file.startsWith('node:')
}

function mentionsLoad(file: string): boolean {
  try {
    return fs.readFileSync(file, 'utf8').includes('loadLayersModel')
  } catch {
    // A source that is not on disk is not the user's.
    return false
  }
}

/** Whether a promise was made by code that loads models. Determined once for each position in the code. */
function isMadeByLoading(maker: NodeJS.CallSite | undefined): boolean {
  if (!maker) return false
  const file = maker.getScriptNameOrSourceURL?.() ?? maker.getFileName() ?? ''
  const position = maker.getPosition()
  let places = loadsAt.get(file)
  if (!places) loadsAt.set(file, (places = new Map<number, boolean>()))
  let isLoad = places.get(position)
  if (isLoad === undefined) places.set(position, (isLoad = isInModels(maker)))
  return isLoad
}

/** Whether a frame is a function of the file that loads models. Its methods belong to models: they fit and save. */
function isInModels(frame: NodeJS.CallSite): boolean {
  if (!frame.isToplevel()) return false
  const evaluated = evaluatedModule(frame)
  const bundle = evaluated === null ? undefined : process.argv[1]
  const file = originalPosition(frame, undefined, bundle)?.file ?? evaluated ?? ''
  return isLibrary(file) && /[\\/]models\.[jt]s\b/.test(file)
}

/** Whether a file is TensorFlow.js's: as installed, or as its own source maps name it in the folder it was built in. */
function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]@tensorflow[\\/]|[\\/]tfjs-layers[\\/]src[\\/]/.test(file)
}
