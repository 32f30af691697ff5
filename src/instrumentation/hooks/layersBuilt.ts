import type { Layer } from '../tfjs/tfjs.ts'
import { basePrototype } from '../tfjs/basePrototype.ts'

const watched = new WeakSet<object>()

/**
 * Reports each layer that has made its weights: wraps the accessor `built` of `Layer.prototype`, which a layer's call
 * sets between building the layer and using it. Some classes set it themselves as well, so a layer is reported twice.
 * @param layer any layer of a copy of tfjs-layers
 */
export function watchBuilt(layer: Layer, listener: (built: Layer) => void): void {
  const prototype = basePrototype(layer, 'built')
  if (!prototype || watched.has(prototype)) return
  watched.add(prototype)
  const accessor = Object.getOwnPropertyDescriptor(prototype, 'built')
  const set = accessor?.set
  if (!set) return
  Object.defineProperty(prototype, 'built', {
    ...accessor,
    set(this: Layer, built: boolean) {
      set.call(this, built)
      if (built) listener(this)
    },
  })
}
