import { largestJump, smallestField, type Paths } from './paths.ts'
import type { SpatialNode } from './spatialNode.ts'

/**
 * The rules by which a layer is predicted to be unproductive, because no position of the input is new to it.
 * `strict`: what it takes has a receptive field above the input's size on every path ("Should You Go Deeper?", arXiv
 * 2106.12307). `own`: its own receptive field is above the input's size. `toolbox`: what the authors' rfa_toolbox counts.
 * All its inputs have seen at least the input's size and it has seen more, or its kernel covers the maps of all its inputs.
 */
export const BORDER_RULES = ['strict', 'own', 'toolbox'] as const
export type BorderRule = (typeof BORDER_RULES)[number]

/** The paths to each node, one map for each axis of positions. */
export type PathsByAxis = readonly ReadonlyMap<string, Paths>[]

/**
 * Whether a rule predicts a node to be unproductive. It has to hold along every axis. The smallest receptive field of all
 * paths counts: on the other paths there is less to see. Nodes that take all positions are never unproductive.
 * @param input positions of the model's input by axis
 */
export function isUnproductive(
  node: SpatialNode,
  paths: PathsByAxis,
  input: readonly number[],
  rule: BorderRule,
): boolean {
  const along = (holds: (field: (name: string) => number, size: number) => boolean) =>
    input.every((size, axis) => holds((name) => fieldOf(paths[axis], name), size))
  if (!along((field) => field(node.name) < Infinity)) return false
  const hasSeenMore = along((field, size) => field(node.name) > size)
  switch (rule) {
    case 'own':
      return hasSeenMore
    case 'strict':
      return node.inputs.length > 0 && along((field, size) => node.inputs.every((name) => field(name) > size))
    case 'toolbox': {
      const inputsHaveSeenAll = along((field, size) => node.inputs.every((name) => field(name) >= size))
      return (hasSeenMore && inputsHaveSeenAll) || coversAllMaps(node, paths, input)
    }
  }
}

/** Whether the kernel covers the maps of all inputs. The toolbox takes ⌊input / jump⌋ for the size of a map. */
function coversAllMaps({ kernel, inputs }: SpatialNode, paths: PathsByAxis, input: readonly number[]): boolean {
  if (inputs.length === 0 || kernel === 'all') return false
  return inputs.every((name) =>
    input.every((size, axis) => {
      const before = paths[axis]?.get(name)
      return before !== undefined && Math.floor(size / largestJump(before)) <= (kernel[axis] ?? 1)
    }),
  )
}

function fieldOf(paths: ReadonlyMap<string, Paths> | undefined, name: string): number {
  const found = paths?.get(name)
  return found ? smallestField(found) : Infinity
}
