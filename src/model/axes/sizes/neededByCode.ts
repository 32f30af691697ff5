import type { AxisGraph, Feature } from '../axisGraph.ts'

/** What is `unknown` of a width where the layer's output is computed outside of training as well, for code unseen. */
export const OUTSIDE_TRAINING = 'predict'
/** What is `unknown` of a width where code reads the shape of a symbolic tensor that has it. */
export const SHAPE_READ = 'shape'

/** How code beyond the training steps gets a layer's output: from a model's `predict`, or from a call by hand. */
export type OutsideUse = 'predicted' | 'called'

/** What code beyond the training steps does with a layer, as far as it is seen. */
export interface CodeUse {
  /** Missing or null where its output stays within models, or other layers take it. */
  usedOutside?: OutsideUse | null
  /** Whether the program has read the shape of its symbolic output. */
  shapeRead?: boolean
}

/**
 * Finds the axes whose size code beyond the traced steps may need:
 * - those of outputs that are computed outside of training. Features become the data of another model, or targets. A
 *   call by hand counts only where layers alone take the output in training: where the step's own code takes it, too,
 *   the code outside most likely does the same.
 * - those that element-wise merges tie and whose size the program reads while it builds the model. A shortcut gets a
 *   convolution only where the sizes differ, so that another width would build another model.
 * @param setters the features whose layers choose their width
 * @returns axes, each with what is `unknown` of it
 */
export function neededByCode(
  { sets, features, merged }: Pick<AxisGraph, 'sets' | 'features' | 'merged'>,
  useOf: (layer: string) => CodeUse,
  setters: ReadonlySet<Feature>,
): (readonly [axis: number, reason: string])[] {
  const needed: (readonly [number, string])[] = []
  const takenByCode = new Set(features.flatMap(({ layer, takenByCode }) => (takenByCode ? [layer] : [])))
  const mergedSets = new Set(merged.map((axis) => sets.find(axis)))
  const choosers = new Map<number, Set<string>>()
  for (const { layer, axis } of setters)
    choosers.set(sets.find(axis), (choosers.get(sets.find(axis)) ?? new Set()).add(layer))
  for (const { layer, axis, output } of features) {
    const { usedOutside, shapeRead } = useOf(layer)
    if (usedOutside === 'predicted' || (usedOutside === 'called' && !takenByCode.has(layer)))
      for (let i = 1; i < output.shape.length; i++)
        if (output.shape[i]! > 1) needed.push([output.first + i, OUTSIDE_TRAINING])
    const set = sets.find(axis)
    const isTied = mergedSets.has(set) && (choosers.get(set)?.size ?? 0) > 1
    if (shapeRead && isTied) needed.push([axis, SHAPE_READ])
  }
  return needed
}
