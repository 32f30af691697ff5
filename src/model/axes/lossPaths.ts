import type { View } from './ties.ts'

/** How the axes of an operation's inputs go on into its outputs. */
export interface Flow {
  readonly inputs: readonly (View & { readonly id: number })[]
  /** Tensor ids. */
  readonly outputs: readonly number[]
  /** By input axis: the output axes that it becomes. */
  readonly passed: Map<number, number[]>
  /** By input axis that is multiplied and summed over: whether the other factor depends on trained weights. */
  readonly contracted: Map<number, boolean>
}

/** Axes by where the features on them go. */
export interface LossPaths {
  /** Axes that reach the loss without a trained contraction: their features are what the loss judges. */
  readonly open: ReadonlySet<number>
  /** Axes that a trained contraction takes on a way to the loss. */
  readonly contracted: ReadonlySet<number>
}

/**
 * Follows a step's operations backwards from the loss. An axis that an operation reduces (a sum over features, a gather
 * of one of them) goes on as its tensor does.
 */
export function lossPaths(flows: readonly Flow[], loss: number): LossPaths {
  const open = new Set<number>()
  const contracted = new Set<number>()
  const reaches = new Set([loss])
  const openTensors = new Set([loss])
  const contractedTensors = new Set<number>()
  for (const { inputs, outputs, passed, contracted: factors } of [...flows].reverse()) {
    if (!outputs.some((id) => reaches.has(id))) continue
    const isOpen = outputs.some((id) => openTensors.has(id))
    const isContracted = outputs.some((id) => contractedTensors.has(id))
    for (const { id, first, shape } of inputs) {
      const axes = shape.map((_, axis) => first + axis)
      const ends = axes.some((axis) => factors.get(axis) === true)
      reaches.add(id)
      if (isOpen && !ends) openTensors.add(id)
      if (isContracted || ends) contractedTensors.add(id)
      for (const axis of axes) {
        const targets = passed.get(axis)
        if (targets ? targets.some((to) => open.has(to)) : isOpen && !ends) open.add(axis)
        if (targets ? targets.some((to) => contracted.has(to)) : isContracted || ends) contracted.add(axis)
      }
    }
  }
  return { open, contracted }
}
