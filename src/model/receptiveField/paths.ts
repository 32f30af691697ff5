import { kernelSpan, type SpatialNode } from './spatialNode.ts'

/** All paths from the input to a layer, along one axis of positions. */
export interface Paths {
  /**
   * The smallest and the largest receptive field among the paths with the same jump, by jump: the positions of the input
   * between two neighbours of the layer's map. Fields of one jump grow by the same amounts, so the smallest and the
   * largest stay what they are, and a graph of many branches costs no more than a chain.
   */
  readonly byJump: ReadonlyMap<number, { readonly min: number; readonly max: number }>
  /** Whether some path goes through a layer that takes all positions: its receptive field is unlimited. */
  readonly unlimited: boolean
}

/** The input itself: each position has seen one position. */
const INPUT: Paths = { byJump: new Map([[1, { min: 1, max: 1 }]]), unlimited: false }

/**
 * Finds the paths to each node along one axis: r ← r + (k_eff − 1)·j, then j ← j·stride, from r = j = 1 (Araujo, Norris
 * and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019). A node behind several others
 * has the paths of all of them.
 * @param nodes in an order in which inputs come first
 * @throws Error when an input is no earlier node
 */
export function pathsOf(nodes: readonly SpatialNode[], axis: number): Map<string, Paths> {
  const found = new Map<string, Paths>()
  for (const node of nodes) found.set(node.name, through(node, axis, merged(node, found)))
  return found
}

function merged({ name, inputs }: SpatialNode, found: ReadonlyMap<string, Paths>): Paths {
  if (inputs.length === 0) return INPUT
  const byJump = new Map<number, { min: number; max: number }>()
  let unlimited = false
  for (const input of inputs) {
    const paths = found.get(input)
    if (!paths) throw new Error(`The layer ${name} takes the output of ${input}, which is not before it.`)
    unlimited ||= paths.unlimited
    for (const [jump, { min, max }] of paths.byJump) {
      const known = byJump.get(jump)
      byJump.set(jump, { min: Math.min(min, known?.min ?? min), max: Math.max(max, known?.max ?? max) })
    }
  }
  return { byJump, unlimited }
}

function through({ kernel, stride, dilation }: SpatialNode, axis: number, before: Paths): Paths {
  if (kernel === 'all') return { byJump: new Map(), unlimited: true }
  const grows = kernelSpan(kernel[axis] ?? 1, dilation[axis] ?? 1) - 1
  const byJump = [...before.byJump].map(([jump, { min, max }]) => {
    const more = grows * jump
    return [jump * (stride[axis] ?? 1), { min: min + more, max: max + more }] as const
  })
  return { byJump: new Map(byJump), unlimited: before.unlimited }
}

/** The smallest receptive field of all paths; Infinity where each of them goes through all positions. */
export function smallestField({ byJump }: Paths): number {
  return Math.min(...[...byJump.values()].map(({ min }) => min))
}

/** The largest receptive field among the limited paths; null where there are none. */
export function largestLimitedField({ byJump }: Paths): number | null {
  return byJump.size === 0 ? null : Math.max(...[...byJump.values()].map(({ max }) => max))
}

/** The largest jump; 1 behind layers that take all positions. */
export function largestJump({ byJump }: Paths): number {
  return byJump.size === 0 ? 1 : Math.max(...byJump.keys())
}
