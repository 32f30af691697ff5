import type { Site } from '../../protocol/layer.ts'
import { variablesOf } from '../tfjs/layerTraits.ts'
import { isVariable, type Layer } from '../tfjs/tfjs.ts'

/**
 * Layers whose weights the program copies from, or to, other layers or arrays by `setWeights`, as agents do with a target
 * network. The sizes have to agree, and no operation of a step shows it.
 */
export class CopiedWeights {
  readonly #layers = new WeakSet<Layer>()
  readonly #variables = new WeakSet<object>()
  /** A function that is called twice constructs both networks at the same lines. */
  readonly #sites = new Set<string>()
  readonly #siteOf: (layer: Layer) => Site | undefined
  readonly #isTrained: (layer: Layer) => boolean

  /** @param isTrained whether a training step has trained the layer so far */
  constructor(siteOf: (layer: Layer) => Site | undefined, isTrained: (layer: Layer) => boolean) {
    this.#siteOf = siteOf
    this.#isTrained = isTrained
  }

  /** The program has set the weights of a layer, or of all layers of a model. @returns whether that shows anything new */
  set(target: Layer, weights: readonly unknown[]): boolean {
    let isNew = false
    const note = <T>(set: Pick<Set<T>, 'has' | 'add'> | Pick<WeakSet<T & object>, 'has' | 'add'>, one: T): void => {
      const known = set as Pick<Set<T>, 'has' | 'add'>
      if (known.has(one)) return
      known.add(one)
      isNew = true
    }
    const sources = weights.filter(isVariable)
    for (const variable of sources) note(this.#variables, variable as object)
    const layers = layersOf(target)
    // A trained layer that gets back what it had before, as early stopping does, may have any width.
    if (sources.length === 0 && layers.some(this.#isTrained)) return isNew
    for (const layer of layers) {
      note(this.#layers, layer)
      const site = this.#siteOf(layer)
      if (site) note(this.#sites, keyOf(site))
    }
    return isNew
  }

  has(layer: Layer): boolean {
    const site = this.#siteOf(layer)
    return (
      this.#layers.has(layer) ||
      (site !== undefined && this.#sites.has(keyOf(site))) ||
      variablesOf(layer).some((variable) => this.#variables.has(variable))
    )
  }
}

function layersOf(target: Layer): Layer[] {
  return target.layers ? target.layers.flatMap(layersOf) : [target]
}

function keyOf({ file, line, column }: Site): string {
  return `${file}:${line}:${column}`
}
