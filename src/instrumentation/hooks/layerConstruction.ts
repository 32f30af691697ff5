import type { Layer } from '../tfjs/tfjs.ts'

/**
 * Calls back at the construction of every layer and model, in every copy of TensorFlow.js in this process, bundled or
 * not, without touching a module system: the first statement of tfjs-layers' `Layer` constructor assigns `_callHook`,
 * and a setter on `Object.prototype` sees that assignment. It redefines an ordinary own property on the object, so the
 * layer itself cannot tell. The setter is not enumerable; `'_callHook' in {}` is all that shows of it.
 * @param root the `Object.prototype` of the realm to look at.
 */
export function onLayerConstructed(callback: (layer: Layer) => void, root: object = Object.prototype): void {
  Object.defineProperty(root, '_callHook', {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, value: unknown) {
      Object.defineProperty(this, '_callHook', { value, writable: true, enumerable: true, configurable: true })
      if (isLayer(this)) callback(this)
    },
  })
}

/** Other people's objects may have a property of that name. */
function isLayer(object: object): object is Layer {
  const { apply, getClassName } = object as { apply?: unknown; getClassName?: unknown }
  return typeof apply === 'function' && typeof getClassName === 'function'
}
