import { fieldsOfGraph, type FieldInGraph } from './fieldsOfGraph.ts'
import type { ReceptiveFields } from './receptiveFields.ts'
import { SAME_POSITIONS, type Positions, type SpatialNode } from './spatialNode.ts'

/** A layer of a run, as far as receptive fields need it. */
export interface PositionedLayer {
  readonly id: string
  readonly kind: string
  readonly inbound: readonly string[]
  readonly positions?:
    | 'same'
    | 'all'
    | (Pick<SpatialNode, 'dilation' | 'padding'> & { kernel: readonly number[]; strides: readonly number[] })
    | undefined
  /** Positions of its model's input, where the layer takes that as data. */
  readonly input?: readonly number[] | undefined
}

/** What the layers of a run see of its input. */
export interface LayerFields {
  /** By id of the layer; missing where it is not known. */
  readonly byId: ReadonlyMap<string, FieldInGraph>
  /** Those of the model, where all of its layers see inputs of one size; else null. Names are ids of layers. */
  readonly model: ReceptiveFields | null
}

/** What was computed of the layers that a list had then. A layer whose description changes is another object. */
const computed = new WeakMap<readonly PositionedLayer[], { of: readonly PositionedLayer[]; fields: LayerFields }>()

/** The receptive fields of a run's layers. @param layers in the order of the forward pass */
export function layerFields(layers: readonly PositionedLayer[]): LayerFields {
  const known = computed.get(layers)
  if (known?.of.length === layers.length && layers.every((layer, n) => layer === known.of[n])) return known.fields
  const byId = fieldsOfGraph(
    layers.map(({ id, kind, inbound, positions, input }) => ({
      name: id,
      kind,
      inputs: inbound,
      positions: positionsOf(positions),
      start: input ?? null,
    })),
  )
  const groups = new Set([...byId.values()].map(({ group }) => group))
  const fields = { byId, model: groups.size === 1 ? [...groups][0]! : null }
  computed.set(layers, { of: [...layers], fields })
  return fields
}

function positionsOf(positions: PositionedLayer['positions']): Positions | null {
  if (positions === undefined || positions === 'all') return positions ?? null
  if (positions === 'same') return SAME_POSITIONS
  const { strides, ...rest } = positions
  return { ...rest, stride: strides }
}
