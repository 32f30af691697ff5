import { AxisGraph } from '../../model/axes/axisGraph.ts'
import type { Trace } from '../../model/axes/trace.ts'
import { countFlops, type Flops } from '../../model/flops.ts'
import { widthGroups, type LayerFacts, type LayerWidth } from '../../model/axes/widthGroups.ts'
import { deriveRecipe, type WeightPlace } from '../../folding/deriveRecipe.ts'
import type { Recipe } from '../../folding/recipe.ts'
import { StepTrace } from './stepTrace.ts'
import type { Engine, Layer, Tensor } from '../tfjs/tfjs.ts'

/** Steps that are traced at most: a search over models goes on without tracing those after. */
const MAX_TRACES = 1000
/** Models, by shared variables, whose axes are kept for further steps. */
const MAX_GRAPHS = 8

/** The axes of the traced steps that share variables. */
interface Model {
  engine: Engine
  axes: AxisGraph
  /** Of the traced step that took most for an example; null where none is known. */
  flops: Flops | null
  /** Ids of the layers that its steps have called. */
  layers: Set<string>
  /** Whether its widths have to be found anew. */
  isChanged: boolean
}

/**
 * Finds which widths are tied, from the operations of training steps. One step is traced for each set of trained
 * variables, as a generator and its critic take turns, and one more when a layer appears later.
 */
export class TracedWidths {
  readonly #factsOf: (layer: string) => LayerFacts
  readonly #onDropped: (layers: Iterable<string>) => void
  readonly #models: Model[] = []
  readonly #tracedSteps = new Set<string>()
  readonly #tracedLayers = new Set<string>()
  readonly #widths = new Map<string, LayerWidth>()
  #trace: StepTrace | null = null
  #traces = 0
  /** A layer was called in a step that was not traced. */
  #layerMissed = false
  #isChanged = false

  /** @param onDropped called with layers of a model whose axes are no longer kept */
  constructor(factsOf: (layer: string) => LayerFacts, onDropped: (layers: Iterable<string>) => void = () => {}) {
    this.#factsOf = factsOf
    this.#onDropped = onDropped
  }

  /**
   * A training step begins.
   * @param isAllowed whether there is time to record it
   * @returns its recorder; null where the step's operations are known, or there is no time.
   */
  beginStep(engine: Engine, trained: ReadonlySet<unknown>, isAllowed = true): StepTrace | null {
    if (!isAllowed) return null
    let sum = 0
    for (const variable of trained) sum += (variable as Tensor).id
    const step = `${trained.size} ${sum}`
    if ((this.#tracedSteps.has(step) && !this.#layerMissed) || this.#traces >= MAX_TRACES) return null
    this.#tracedSteps.add(step)
    this.#traces++
    this.#layerMissed = false
    return (this.#trace = new StepTrace(engine, trained))
  }

  /** A layer has made an output in the present training step. */
  called(id: string, layer: Layer, output: Tensor): void {
    if (this.#trace) {
      this.#trace.called(id, layer, output)
      this.#tracedLayers.add(id)
    } else if (!this.#tracedLayers.has(id)) this.#layerMissed = true
  }

  /** The step has ended. @returns whether widths may have changed. */
  endStep(loss: Tensor | null): boolean {
    const recorder = this.#trace
    this.#trace = null
    // A step that threw has shown only its begin.
    if (recorder && !loss) this.#layerMissed = true
    const trace = loss && recorder?.traceTo(loss)
    if (!recorder || !trace) return false
    const model = this.#modelOf(recorder.engine, trace)
    model.axes.add(trace)
    for (const { layer } of trace.calls) model.layers.add(layer)
    for (const { layers } of trace.variables.values()) for (const layer of layers) model.layers.add(layer)
    model.isChanged = true
    this.#isChanged = true
    const flops = countFlops(trace)
    if (flops && flops.perExample >= (model.flops?.perExample ?? 0)) model.flops = flops
    return true
  }

  /** Floating-point operations for one example, of all models whose axes are kept; null where none is known. */
  get flops(): number | null {
    const known = this.#models.flatMap(({ flops }) => flops ?? [])
    return known.length === 0 ? null : known.reduce((sum, { perExample }) => sum + perExample, 0)
  }

  /** Whether a step was traced since widths were last found. */
  get changed(): boolean {
    return this.#isChanged
  }

  /**
   * Finds widths anew, of those models whose axes are kept that were traced since or have a layer that has changed.
   * @param changed ids of layers; null for all
   * @returns the layers whose widths were found
   */
  update(changed: ReadonlySet<string> | null = null): Set<string> {
    const found = new Set<string>()
    for (const model of this.#models) {
      const isAffected = changed === null || [...changed].some((id) => model.layers.has(id))
      if (!model.isChanged && !isAffected) continue
      model.isChanged = false
      for (const [layer, width] of widthGroups(model.axes, this.#factsOf)) {
        this.#widths.set(layer, width)
        found.add(layer)
      }
    }
    this.#isChanged = false
    return found
  }

  /** Whether the axes of a model are kept that has called a layer, so that facts of the layer are needed. */
  needs(layer: string): boolean {
    return this.#models.some(({ layers }) => layers.has(layer))
  }

  /** Forgets a layer that is gone. */
  forget(layer: string): void {
    this.#widths.delete(layer)
    this.#tracedLayers.delete(layer)
  }

  /** Returns what is known of a layer's width; null where no traced step has called the layer. */
  widthOf(layer: string): LayerWidth | null {
    return this.#widths.get(layer) ?? null
  }

  /** Derives how weights take part in the widths. @param placeOf by tensor id of a weight; null for no layer's */
  recipe(placeOf: (weight: number) => WeightPlace | null): Recipe {
    const recipes = this.#models.map(({ axes, flops }) =>
      deriveRecipe(axes, this.#factsOf, placeOf, (weight) => flops?.each.get(weight) ?? 0),
    )
    const { flops } = this
    return {
      groups: recipes.flatMap(({ groups }) => groups),
      weights: recipes.flatMap(({ weights }) => weights),
      consumers: recipes.flatMap(({ consumers }) => consumers),
      normalisations: recipes.flatMap(({ normalisations = [] }) => normalisations),
      ...(flops === null ? {} : { flops }),
    }
  }

  #dropped({ layers }: Model): void {
    this.#onDropped([...layers].filter((layer) => !this.needs(layer)))
  }

  /** The model that shares a variable with a trace, or a new one. */
  #modelOf(engine: Engine, trace: Trace): Model {
    const known = this.#models.find(
      (model) => model.engine === engine && [...trace.variables.keys()].some((id) => model.axes.weights.has(id)),
    )
    if (known) return known
    const model = { engine, axes: new AxisGraph(), flops: null, layers: new Set<string>(), isChanged: true }
    this.#models.push(model)
    if (this.#models.length > MAX_GRAPHS) this.#dropped(this.#models.shift()!)
    return model
  }
}
