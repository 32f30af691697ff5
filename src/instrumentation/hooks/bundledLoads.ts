import fs from 'node:fs'
import { promiseHooks } from 'node:v8'
import type { Site } from '../../protocol/events.ts'
import { callSite, callStack, isInstalled } from '../sites/constructionSite.ts'
import { evaluatedModule } from '../sites/evaluatedModules.ts'
import { originalPosition, sourcesOf } from '../sites/sourceMaps.ts'

/** The call in which each of tfjs-layers' promises was made, for as long as the promise is there. */
const calls = new WeakMap<Promise<unknown>, Site>()
/** The promise whose continuation is running. */
let running: Promise<unknown> | null = null
/** Whether an async function has been called, and a model has begun to load, since that continuation began. */
let calling = false
let loading = false
let watching = false

/** Whether the code at a position of a file loads models. */
const loads = new Map<string, Map<number, boolean>>()

/**
 * Begins to note which call loads which model, where the program is a bundle that holds TensorFlow.js and calls
 * `loadLayersModel`. To be called while TensorFlow.js makes its engine.
 *
 * In a bundle of ES modules the function that loads is a local binding, which nobody sees being called; its layers are
 * constructed behind an await, and V8 keeps no trace of the caller where the promise awaited is settled already. But
 * that await makes a promise while the caller is still on the stack, and V8 tells of its continuation.
 */
export function watchLoadCalls(): void {
  if (watching || !callsLoad()) return
  watching = true
  const stop = promiseHooks.createHook({
    init,
    before(promise) {
      running = promise
      calling = loading = false
    },
    after: () => (running = null),
  }) as () => void

  /**
   * Called for each promise of the program. Those of async functions' calls have no parent, those of awaits have one. What
   * is called loads by a second async function, so that the first need not be looked at: looking takes microseconds.
   */
  function init(promise: Promise<unknown>, parent: Promise<unknown> | undefined): void {
    if (parent ? !loading : !calling) {
      calling ||= !parent
      return
    }
    try {
      if (!isLoading(callStack(1, init)[0])) return
      loading = true
      const site = callSite(callStack().filter((frame) => !frame.isAsync()))
      if (site) calls.set(promise, site)
    } catch {
      // What is thrown in here would end the program.
      stop()
    }
  }
}

/** The place of the call that is loading a model now; null where none is, or `onModelLoaded` sees it. */
export function loadCall(): Site | null {
  return (running && calls.get(running)) ?? null
}

/** Whether the program is a bundle of TensorFlow.js with code that loads models. */
function callsLoad(): boolean {
  const frames = callStack()
  // Where each module is evaluated by itself, none names the others.
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
    // Sources that nobody has are not the user's.
    return false
  }
}

/** Whether a promise is made by what loads models: found out once for each place in the code. */
function isLoading(maker: NodeJS.CallSite | undefined): boolean {
  if (!maker) return false
  const file = maker.getScriptNameOrSourceURL?.() ?? maker.getFileName() ?? ''
  const position = maker.getPosition()
  let places = loads.get(file)
  if (!places) loads.set(file, (places = new Map<number, boolean>()))
  let isLoad = places.get(position)
  if (isLoad === undefined) places.set(position, (isLoad = isInModels(maker)))
  return isLoad
}

/** Of what is in the file that loads models, methods are those of models: they fit and save. */
function isInModels(frame: NodeJS.CallSite): boolean {
  if (!frame.isToplevel()) return false
  const evaluated = evaluatedModule(frame)
  const bundle = evaluated === null ? undefined : process.argv[1]
  const file = originalPosition(frame, undefined, bundle)?.file ?? evaluated ?? ''
  return isLibrary(file) && /[\\/]models\.[jt]s\b/.test(file)
}

/** TensorFlow.js as it is installed, or as its own source maps name it, from the folder where it was built. */
function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]@tensorflow[\\/]|[\\/]tfjs-layers[\\/]src[\\/]/.test(file)
}
