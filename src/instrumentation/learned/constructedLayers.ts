import type { Site } from '../../protocol/layer.ts'
import { isContainer, isGone, variablesOf } from '../tfjs/layerTraits.ts'
import { kindOf, type Layer, type Variable } from '../tfjs/tfjs.ts'

/** A layer that has weights of its own, as an earlier run or a later one can find it. */
export interface WeightedLayer {
  readonly layer: Layer
  /** Its name; several layers of one name are numbered in the order of their construction. */
  readonly name: string
  readonly kind: string
  readonly site: Site | null
  /** Its weights in the order of the layer's `weights`, and then the variables that it keeps in properties of its own. */
  readonly variables: readonly Variable[]
}

/** Layers of one pass that are held at most: an evaluation over many batches is no training step that ends. */
const MAX_RECENT = 1024

/** The layers and models that the program has constructed, in that order. */
export class ConstructedLayers {
  /** Layers are referenced weakly: a program that builds many models must be able to free them. */
  #all: WeakRef<Layer>[] = []
  /**
   * Layers that were constructed within the present pass. Until it ends they are not referenced weakly: V8 keeps whatever
   * a `WeakRef` is made of until the program yields, and a program may make layers without weights anew in each step.
   */
  #recent: Layer[] = []
  readonly #sites = new WeakMap<Layer, Site>()
  /** Number of references at which those to layers that are gone are removed. */
  #pruneAt = 1024

  /**
   * Notes a layer or model under construction; its name and weights are not there yet.
   * @param inPass whether a training step or an evaluation is in progress
   */
  add(layer: Layer, site: Site | null, inPass = false): void {
    if (site) this.#sites.set(layer, site)
    if (!inPass) return this.#keep(layer)
    this.#recent.push(layer)
    if (this.#recent.length >= MAX_RECENT) this.settle()
  }

  /** A training step has ended: layers that were made in it and have no weights are forgotten. */
  settle(): void {
    if (this.#recent.length === 0) return
    const kept = this.#recent.filter((layer) => isContainer(layer) || !layer.built || variablesIn(layer).length > 0)
    this.#recent = []
    for (const layer of kept) this.#keep(layer)
  }

  #keep(layer: Layer): void {
    this.#all.push(new WeakRef(layer))
    if (this.#all.length < this.#pruneAt) return
    this.#all = this.#all.filter((reference) => reference.deref())
    this.#pruneAt = 1024 + 2 * this.#all.length
  }

  /** Notes that a model was read from a file: the line of that call is the place of its layers. */
  loaded(model: Layer, site: Site | null): void {
    if (site) this.#sites.set(model, site)
    for (const layer of model.layers ?? []) this.loaded(layer, site)
  }

  /** The `Sequential` that trains by means of this model; the model itself where there is none. */
  outermost(model: Layer): Layer {
    return this.#alive.find((layer) => isContainer(layer) && layer.model === model) ?? model
  }

  /**
   * The layers whose weights are there, none of them disposed of. Models are left out, and so is the inner layer or cell
   * of a layer that has all of its weights, too. A layer with weights of another type than float32 is left out as well.
   */
  get weighted(): WeightedLayer[] {
    const layers = this.#alive.flatMap((layer) => {
      const variables = isContainer(layer) ? [] : variablesIn(layer)
      return variables.length > 0 ? [{ layer, variables }] : []
    })
    const holders = new Map<Variable, Layer[]>()
    for (const { layer, variables } of layers)
      for (const variable of variables) holders.set(variable, [...(holders.get(variable) ?? []), layer])
    const sets = new Map(layers.map(({ layer, variables }) => [layer, new Set(variables)]))
    const isInner = (layer: Layer, variables: Variable[]): boolean =>
      holders.get(variables[0]!)!.some((other) => {
        const others = sets.get(other)!
        if (other === layer || !variables.every((variable) => others.has(variable))) return false
        return others.size > variables.length || Object.values(other).includes(layer)
      })
    const names = new Set<string>()
    return layers
      .filter(({ layer, variables }) => !isInner(layer, variables))
      .filter(({ variables }) => variables.every(({ dtype }) => dtype === 'float32'))
      .map(({ layer, variables }) => {
        const site = this.#sites.get(layer) ?? null
        return { layer, variables, site, kind: kindOf(layer), name: uniqueName(layer.name, names) }
      })
  }

  /**
   * The same layers with unique ids: those in the run, and names of layers that have no part in it.
   * @param idOf a layer's id in the run; null for one that has no part in it
   */
  identified(idOf: (layer: Layer) => string | null): (WeightedLayer & { id: string })[] {
    const layers = this.weighted
    const known = layers.map(({ layer }) => idOf(layer))
    const taken = new Set<string>(known.filter((id) => id !== null))
    return layers.map((layer, i) => ({ ...layer, id: known[i] ?? uniqueName(layer.name, taken) }))
  }

  get #alive(): Layer[] {
    const kept = this.#all.flatMap((reference) => reference.deref() ?? [])
    return [...kept, ...this.#recent]
  }
}

/** The variables of a layer; none where its constructor has thrown, or it was disposed of. */
function variablesIn(layer: Layer): Variable[] {
  try {
    return isGone(layer) ? [] : [...new Set(variablesOf(layer) as Variable[])]
  } catch {
    return []
  }
}

/** Numbers a name that is taken, and adds it to those that are. */
function uniqueName(name: string, names: Set<string>): string {
  let unique = name
  for (let n = 2; names.has(unique); n++) unique = `${name} (${n})`
  names.add(unique)
  return unique
}
