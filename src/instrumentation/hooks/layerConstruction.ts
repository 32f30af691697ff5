import type { Layer } from '../tfjs/tfjs.ts'

/**
 * Calls back at the construction of every layer and model, in every copy of TensorFlow.js in this process, bundled or
 * not. No module system is touched: the first statement of tfjs-layers' `Layer` constructor assigns `_callHook`, and a
 * setter on `Object.prototype` sees that assignment. The setter then defines an ordinary own property on the object, as
 * the assignment would have. It is not enumerable; only `'_callHook' in {}` reveals it.
 * @param callback gets the layer, and the function that the constructor has called: the monitor's frames of the call
 *   stack end with it
 * @param root the `Object.prototype` of the realm to watch.
 */
export function onLayerConstructed(
  callback: (layer: Layer, above: () => void) => void,
  root: object = Object.prototype,
): void {
  function set(this: object, value?: unknown): void {
    Object.defineProperty(this, '_callHook', { value, writable: true, enumerable: true, configurable: true })
    if (isLayer(this)) callback(this, set)
  }
  Object.defineProperty(root, '_callHook', { configurable: true, enumerable: false, get: () => undefined, set })
}

/** Tells layers from other objects that happen to have a property of that name. */
function isLayer(object: object): object is Layer {
  const { apply, getClassName } = object as { apply?: unknown; getClassName?: unknown }
  return typeof apply === 'function' && typeof getClassName === 'function'
}
