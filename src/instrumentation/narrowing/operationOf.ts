import type { Operation, TensorShape } from '../../model/axes/trace.ts'
import type { Tensor } from '../tfjs/tfjs.ts'

/** Describes a kernel's call as an operation of a trace; no layer is known of it. */
export function operationOf(
  kernel: string,
  inputs: Readonly<Record<string, Tensor | null | undefined>>,
  attributes: Record<string, unknown>,
  output: Tensor | Tensor[],
): Operation {
  const shapes: Record<string, TensorShape> = {}
  for (const [name, tensor] of Object.entries(inputs)) if (tensor?.shape) shapes[name] = tensor
  return { kernel, inputs: shapes, outputs: [output].flat(), attributes, by: null }
}
