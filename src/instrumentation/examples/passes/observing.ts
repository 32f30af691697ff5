import { basePrototype } from '../../tfjs/basePrototype.ts'
import type { Layer } from '../../tfjs/tfjs.ts'

/** Calls back with the outputs of layers' calls. @returns a function that ends it */
export function observing(layers: readonly Layer[], observe: (layer: Layer, output: unknown) => void): () => void {
  const prototypes = new Set(layers.map((layer) => basePrototype(layer, 'apply') as Pick<Layer, 'apply'> | null))
  const undo = [...prototypes].flatMap((prototype) => {
    if (!prototype) return []
    const { apply } = prototype
    prototype.apply = function (this: Layer, inputs, kwargs) {
      const result = apply.call(this, inputs, kwargs)
      observe(this, Array.isArray(result) ? result[0] : result)
      return result
    }
    return () => void (prototype.apply = apply)
  })
  return () => undo.forEach((restore) => restore())
}
