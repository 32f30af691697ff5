import type { BorderRule } from '../receptiveField/border.ts'
import type { ReceptiveField, ReceptiveFields } from '../receptiveField/receptiveFields.ts'
import { factsOf, kindOfFactory } from './factories.ts'
import { Unreadable, type LayerFacts, type Shape, type StaticLayer } from './layerFacts.ts'
import { fieldsOfApplications } from './staticFields.ts'

/** An output of an application. */
interface TensorReference {
  readonly application: number
  readonly output: number
}

/** Layers and what they are applied to, as code states it. A reading of `src/source/model` is one. */
export interface StaticGraph<L extends StaticLayer = StaticLayer> {
  readonly layers: readonly L[]
  /** In an order in which inputs come first. `inputs`: null where they are not known; [] for an input of a model. */
  readonly applications: readonly { readonly layer: number; readonly inputs: readonly TensorReference[] | null }[]
}

/** A layer applied to known inputs, before any run. */
export interface StaticApplication<L extends StaticLayer = StaticLayer> {
  readonly layer: L
  /** The name that the code gives the layer; null where TensorFlow.js makes one up. */
  readonly name: string | null
  /** Class name as TensorFlow.js gives it. */
  readonly kind: string
  /** Shape of its first output, the batch axis first. */
  readonly shape: Shape
  /** Number of weights; 0 where the layer was applied before, because its weights are shared. */
  readonly parameters: number
  /** Two for each multiply-add of the forward pass of one example; null where a size is not fixed. */
  readonly flops: number | null
  /** What it sees of the input; null where the input has no positions, or they were rearranged. */
  readonly field: ReceptiveField | null
  /** Positions of the input by axis; null where `field` is. A size that is not fixed is Infinity. */
  readonly input: readonly number[] | null
}

/** FLOPs of a multiply-add: one product and one sum. */
const FLOPS_PER_MULTIPLY_ADD = 2

/** Computes what the code tells of each application; null where it does not tell the shape. */
export function staticApplications<L extends StaticLayer>(
  graph: StaticGraph<L>,
  rule?: BorderRule,
): (StaticApplication<L> | null)[] {
  const facts = factsOfApplications(graph)
  const fields = fieldsOfApplications(graph, facts, rule)
  const seen = new Set<number>()
  return graph.applications.map(({ layer: index }, n) => {
    const [layer, known] = [graph.layers[index]!, facts[n]]
    if (!known) return null
    const name = layer.config['name']
    const isRepeated = seen.has(index)
    seen.add(index)
    return {
      layer,
      name: typeof name === 'string' && layer.factory !== 'implicitInput' ? name : null,
      kind: kindOfFactory(layer.factory) ?? layer.factory,
      shape: known.shapes[0]!,
      parameters: isRepeated ? 0 : known.parameters,
      flops: known.multiplyAdds === null ? null : FLOPS_PER_MULTIPLY_ADD * known.multiplyAdds,
      field: fields[n]?.field ?? null,
      input: fields[n]?.input ?? null,
    }
  })
}

function factsOfApplications(graph: StaticGraph): (LayerFacts | null)[] {
  const facts: (LayerFacts | null)[] = []
  for (const { layer, inputs } of graph.applications) {
    const shapes = inputs?.map(({ application, output }) => facts[application]?.shapes[output])
    const known = shapes?.every((shape) => shape !== undefined) ? shapes : null
    facts.push(known ? tryFacts(graph.layers[layer]!, known) : null)
  }
  return facts
}

function tryFacts(layer: StaticLayer, inputs: readonly Shape[]): LayerFacts | null {
  try {
    return factsOf(layer, inputs)
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** A model read from code. */
export interface StaticModel<L extends StaticLayer = StaticLayer> {
  /** Its layers from the inputs to the outputs. */
  readonly layers: readonly StaticApplication<L>[]
  /** Number of weights. */
  readonly parameters: number
  /** FLOPs of the forward pass of one example; null where a size is not fixed. */
  readonly flops: number | null
  /** Input sizes and border layer, for a model whose layers see one input; else null. */
  readonly fields: Pick<ReceptiveFields, 'input' | 'border' | 'resolution'> | null
}

/** The layers of a model, found from its outputs; null where some are not known. */
export function staticModel<L extends StaticLayer>(
  graph: StaticGraph<L>,
  model: { inputs: readonly TensorReference[]; outputs: readonly TensorReference[] },
  rule?: BorderRule,
): StaticModel<L> | null {
  const reached = reachedFrom(graph, model.outputs)
  const order = [...reached].sort((a, b) => a - b)
  // Only what belongs to the model counts for shared weights and receptive fields.
  const position = new Map(order.map((old, n) => [old, n]))
  const own = {
    layers: graph.layers,
    applications: order.map((n) => {
      const { layer, inputs } = graph.applications[n]!
      return {
        layer,
        inputs:
          inputs && inputs.map(({ application, output }) => ({ application: position.get(application)!, output })),
      }
    }),
  }
  const layers = staticApplications(own, rule)
  if (!layers.every((layer) => layer !== null)) return null
  const flops = layers.map((layer) => layer.flops)
  return {
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    flops: flops.every((each) => each !== null) ? flops.reduce((sum, each) => sum + each, 0) : null,
    fields: fieldsOfModel(own, rule),
  }
}

function reachedFrom({ applications }: StaticGraph, outputs: readonly TensorReference[]): Set<number> {
  const reached = new Set<number>()
  const pending = outputs.map(({ application }) => application)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    for (const { application } of applications[next]?.inputs ?? []) pending.push(application)
  }
  return reached
}

function fieldsOfModel(graph: StaticGraph, rule?: BorderRule): StaticModel['fields'] {
  const groups = new Set(
    fieldsOfApplications(graph, factsOfApplications(graph), rule).flatMap((each) => each?.group ?? []),
  )
  return groups.size === 1 ? [...groups][0]! : null
}
