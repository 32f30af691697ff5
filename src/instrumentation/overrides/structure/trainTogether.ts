import type { Layer, LayerVariable } from '../../tfjs/tfjs.ts'

/** Layers whose `trainableWeights` hold those of copies as well. */
const together = new WeakMap<Layer, Layer[]>()

/**
 * Counts a copy's weights among those that a layer trains. A program that calls layers one by one also tells its
 * optimiser which weights to train, and it knows only the layer. `weights` stays the layer's own.
 */
export function trainTogether(layer: Layer, copy: Layer): void {
  const copies = together.get(layer)
  if (copies) {
    copies.push(copy)
    return
  }
  const added = [copy]
  together.set(layer, added)
  const own = (name: string): LayerVariable[] => inherited(layer, name).call(layer) as LayerVariable[]
  const define = (name: string, get: () => LayerVariable[]): void => {
    Object.defineProperty(layer, name, { get, configurable: true, enumerable: false })
  }
  define('weights', () => [...own('trainableWeights'), ...own('nonTrainableWeights')])
  define('trainableWeights', () => [
    ...own('trainableWeights'),
    ...added.flatMap((each) => (each as unknown as Record<string, LayerVariable[]>).trainableWeights!),
  ])
}

/** The accessor of a layer's class. */
function inherited(layer: Layer, name: string): () => unknown {
  for (let p: unknown = Object.getPrototypeOf(layer); p; p = Object.getPrototypeOf(p)) {
    const get = Object.getOwnPropertyDescriptor(p, name)?.get
    if (get) return get
  }
  return () => []
}
