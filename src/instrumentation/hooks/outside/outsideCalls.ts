import type { OutsideUses } from '../../graph/outsideUses.ts'
import { isSymbolic, type Layer } from '../../tfjs/tfjs.ts'
import { watchShapeReads } from './shapeReads.ts'

/**
 * Notes an outermost call of a layer or model outside of measured passes: one with tensors computes outputs, one with
 * symbolic tensors builds a model, whose shapes the program may read.
 * @param library path of the file that has the library's code, where it is none of an installed package
 */
export function noteOutsideCall(
  uses: OutsideUses,
  library: string | null,
  ...[layer, inputs, kwargs, result]: [layer: Layer, inputs: unknown, kwargs: unknown, result: unknown]
): void {
  const built = [result].flat().filter(isSymbolic)
  for (const tensor of built) watchShapeReads(tensor, library, () => uses.shapeRead(tensor))
  if (built.length === 0) uses.called(layer, inputs, kwargs, result)
}
