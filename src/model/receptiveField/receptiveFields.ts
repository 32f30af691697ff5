import { layerKind } from '../layerKinds.ts'
import { isUnproductive, type BorderRule } from './border.ts'
import { mapSizes } from './mapSizes.ts'
import { largestJump, largestLimitedField, pathsOf, smallestField } from './paths.ts'
import { kernelSpan, type SpatialNode } from './spatialNode.ts'

/** What one layer sees of the input. Lists have one entry for each axis of positions. */
export interface ReceptiveField {
  readonly name: string
  readonly kind: string
  /** Positions of the input that one output can depend on, along the shortest path; Infinity where all of them. */
  readonly min: readonly number[]
  /** The same along the longest path. */
  readonly max: readonly number[]
  /** Positions of its map; empty behind a layer that takes all positions. */
  readonly map: readonly number[]
  /** Whether the rule predicts that it adds nothing, because what it takes has seen the whole input. */
  readonly unproductive: boolean
}

/** What the layers of a model see of an input of one size. */
export interface ReceptiveFields {
  /** Positions of the input by axis. */
  readonly input: readonly number[]
  /** In the order of the nodes. */
  readonly layers: readonly ReceptiveField[]
  /** Name of the first unproductive convolution: the border layer; null where there is none. */
  readonly border: string | null
  /** The input sizes that suit the model; null without any limited receptive field. */
  readonly resolution: ResolutionRange | null
}

/** Input sizes by axis. Below `min` layers are unproductive; above `max` no layer sees the whole input. */
export interface ResolutionRange {
  readonly min: readonly number[]
  readonly max: readonly number[]
}

/**
 * Computes receptive fields, maps and unproductive layers.
 * @param nodes in an order in which inputs come first
 * @param input positions of the model's input by axis
 * @throws Error when a node's input is no earlier node
 */
export function receptiveFields(
  nodes: readonly SpatialNode[],
  input: readonly number[],
  rule: BorderRule = 'strict',
): ReceptiveFields {
  const paths = input.map((_, axis) => pathsOf(nodes, axis))
  const maps = mapSizes(nodes, input)
  const layers = nodes.map((node): ReceptiveField => {
    const own = paths.map((byName) => byName.get(node.name)!)
    return {
      name: node.name,
      kind: node.kind,
      min: own.map(smallestField),
      max: own.map((axis) => (axis.unlimited ? Infinity : (largestLimitedField(axis) ?? Infinity))),
      map: maps.get(node.name)!,
      unproductive: isUnproductive(node, paths, input, rule),
    }
  })
  const border = layers.find(({ kind, unproductive }) => unproductive && layerKind(kind).convolution)?.name ?? null
  return { input, layers, border, resolution: resolutionRange(nodes, input.length) }
}

/**
 * The range of input sizes that suits a model, as the authors' toolbox computes it. Largest: the largest limited receptive
 * field of any path. Smallest: the largest of all layers' shortest receptive fields and of kernel × jump, at which a
 * kernel covers its whole map.
 */
export function resolutionRange(nodes: readonly SpatialNode[], axes: number): ResolutionRange | null {
  const ranges = Array.from({ length: axes }, (_, axis) => {
    const paths = pathsOf(nodes, axis)
    const found = nodes.flatMap(({ name, kernel, dilation }) => {
      const own = paths.get(name)!
      const longest = largestLimitedField(own)
      if (kernel === 'all' || longest === null) return []
      const covered = kernelSpan(kernel[axis] ?? 1, dilation[axis] ?? 1) * largestJump(own)
      return [{ smallest: Math.max(smallestField(own), covered), longest }]
    })
    return {
      min: Math.max(...found.map(({ smallest }) => smallest)),
      max: Math.max(...found.map(({ longest }) => longest)),
    }
  })
  if (ranges.length === 0 || ranges.some(({ max }) => max === -Infinity)) return null
  return { min: ranges.map(({ min }) => min), max: ranges.map(({ max }) => max) }
}
