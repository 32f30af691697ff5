import { layerKind } from '../layerKinds.ts'
import { SAME_POSITIONS, type Positions } from '../receptiveField/spatialNode.ts'
import { factoryOfKind, factsOf } from './factories.ts'
import { Unreadable, type PositionFacts, type Shape } from './layerFacts.ts'
import { positionsOf } from './staticFields.ts'

/** What a layer that exists does to positions. */
export interface BuiltPositions {
  readonly positions: Positions
  /** Positions by axis of the model's input, should the layer take it; null where that has none. */
  readonly input: readonly number[] | null
}

/**
 * What a layer does to positions, from its properties, which have the names of its arguments.
 * @param kind its class, as TensorFlow.js names it
 * @param inputs shapes of its inputs, the batch axis first
 * @param output shape of its output
 * @returns null where its positions are others than those of its input, and for classes that are not known
 */
export function positionsOfBuilt(
  kind: string,
  properties: Readonly<Record<string, unknown>>,
  inputs: readonly Shape[],
  output: Shape,
): BuiltPositions | null {
  const given = inputs.length === 1 ? nullIfEmpty(positionsOf(inputs[0]!)) : null
  // A recurrent layer keeps its arguments in its cell, and takes all time steps.
  if (layerKind(kind).recurrent) return { positions: 'all', input: given }
  const positions = kind === RESIZING ? 'starts' : factsOfPositions(kind, properties, inputs)
  if (positions === null || positions === 'rearranged') return null
  if (positions !== 'starts') return { positions, input: given }
  const made = nullIfEmpty(positionsOf(output))
  return made && { positions: SAME_POSITIONS, input: made }
}

/** A model of resized images sees the images as they are then. */
const RESIZING = 'Resizing'

function factsOfPositions(
  kind: string,
  config: Readonly<Record<string, unknown>>,
  inputs: readonly Shape[],
): PositionFacts | null {
  const factory = factoryOfKind(kind)
  if (factory === null) return null
  try {
    return factsOf({ factory, config, unknown: [] }, inputs).positions
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

const nullIfEmpty = (sizes: number[]): number[] | null => (sizes.length > 0 ? sizes : null)
