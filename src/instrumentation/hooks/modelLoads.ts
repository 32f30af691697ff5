import { callSite } from '../sites/constructionSite.ts'
import type { Site } from '../../protocol/layer.ts'
import { frameHiderFor } from '../sites/hiddenFrames.ts'
import type { Layer } from '../tfjs/tfjs.ts'

type Load = (this: unknown, ...args: unknown[]) => Promise<Layer>

/** Calls of `loadLayersModel` in progress. */
let loadsInProgress = 0

/** Whether a model is being loaded. Layers that the program constructs in the meantime are none of it. */
export function isLoading(): boolean {
  return loadsInProgress > 0
}

/**
 * Calls back with every model that `tf.loadLayersModel` has loaded, and the site of that call. The model's layers do
 * not know it themselves: they are constructed behind an await, when no frame of the user's is left on the stack.
 * tfjs-layers' CommonJS build, which both `require` and `import` get, assigns the function to its exports, and a setter
 * on `Object.prototype` sees that.
 * @param root the `Object.prototype` of the realm to watch.
 */
export function onModelLoaded(
  callback: (model: Layer, site: Site | null) => void,
  root: object = Object.prototype,
): void {
  Object.defineProperty(root, 'loadLayersModel', {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, value: unknown) {
      const seen = typeof value === 'function' ? watched(value as Load, callback) : value
      Object.defineProperty(this, 'loadLayersModel', {
        value: seen,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    },
  })
}

function watched(load: Load, callback: (model: Layer, site: Site | null) => void): Load {
  // A proxy, because it keeps the function's name, length and source text.
  const withHiddenFrames = frameHiderFor(load)
  return new Proxy(load, {
    apply(target, self, args) {
      const site = callSite()
      const loading = withHiddenFrames(() => Reflect.apply(target, self, args) as Promise<Layer> | undefined)
      // Registered before the user's own await, so that the site is known before the model first runs. The second
      // handler keeps a failed load from becoming a second unhandled rejection; the user gets the original promise.
      if (typeof loading?.then === 'function') {
        loadsInProgress++
        loading.then(
          (model: Layer) => {
            loadsInProgress--
            callback(model, site)
          },
          () => loadsInProgress--,
        )
      }
      return loading
    },
  })
}
