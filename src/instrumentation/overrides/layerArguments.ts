import { rootOf } from '../tfjs/realm.ts'
import type { Layer } from '../tfjs/tfjs.ts'

/** The object that a layer's class has passed to tfjs-layers' `Layer` constructor. */
export type LayerArguments = Record<string, unknown>

/** The arguments that the `Layer` constructor reads once the layer has its name, in this order. */
const READ_ARGUMENTS = ['trainable', 'inputShape', 'batchInputShape', 'weights']

/** Removes the accessors of `onArguments`; null where there are none. */
let removeAccessors: (() => void) | null = null

/**
 * Calls back with a layer's arguments while its `Layer` constructor runs: the layer has its name, also one that the
 * library made up, and the constructors of its own class have not yet read their arguments.
 *
 * No code outside can see the parameter of a constructor. But the `Layer` constructor reads arguments that hardly
 * anybody gives (`trainable`, `weights`), and accessors on `Object.prototype` see that. They are there only from the
 * first statement of that constructor to the first such read, a few statements later.
 * @param layer whose `Layer` constructor has just begun
 */
export function onArguments(layer: Layer, callback: (args: LayerArguments) => void): void {
  removeAccessors?.()
  const root = rootOf(layer)
  removeAccessors = () => {
    for (const key of READ_ARGUMENTS) Reflect.deleteProperty(root, key)
    removeAccessors = null
  }
  for (const key of READ_ARGUMENTS) {
    Object.defineProperty(root, key, {
      configurable: true,
      enumerable: false,
      get(this: LayerArguments) {
        // A name that the library makes up comes from a method of the class, which may read anything.
        if (!Object.hasOwn(layer, 'name')) return undefined
        removeAccessors?.()
        // Arguments that inherit nothing are not seen. The accessors then outlast the constructor.
        if (Object.hasOwn(layer, '_refCount') || typeof this !== 'object') return undefined
        callback(this)
        return this[key]
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true })
      },
    })
  }
}
