import { untracked } from '../tfjs/untracked.ts'
import type { Engine, Tensor } from '../tfjs/tfjs.ts'

/** The values of tensors that can be held: a string or a complex number is not an array of numbers. */
export type Numbers = Float32Array | Int32Array | Uint8Array

/** A copy of a tensor in the memory of this process, whatever becomes of the tensor. */
export interface Held {
  /** The first axis is that of the examples. */
  readonly shape: readonly number[]
  readonly dtype: string
  /** [product of the shape] row-major */
  readonly values: Numbers
}

/** A batch of examples, as a model's train or test function got it. */
export interface HeldBatch {
  /** For each input of the model. */
  readonly inputs: readonly Held[]
  /** For each output of the model; empty where no targets are known. */
  readonly targets: readonly Held[]
}

/** How much of a batch is held. */
export interface Room {
  examples: number
  bytes: number
}

/** Size of a batch of tensors. */
export function sizeOf(tensors: readonly Tensor[]): Room {
  const examples = tensors[0]?.shape[0] ?? 0
  return { examples, bytes: examples * tensors.reduce((sum, tensor) => sum + bytesPerExample(tensor), 0) }
}

/** Number of examples of a batch. */
export function examplesOf({ inputs }: HeldBatch): number {
  return inputs[0]?.shape[0] ?? 0
}

/** Size of a batch in this process's memory. */
export function bytesOf({ inputs, targets }: HeldBatch): number {
  return [...inputs, ...targets].reduce((sum, { values }) => sum + values.byteLength, 0)
}

/**
 * Copies a batch. Where there is room for a part of its examples only, they are taken evenly over the batch, which may be
 * in the order of its classes. The training's tape and memory do not notice.
 * @param targets without sample weights
 * @returns null where not one example fits, or a tensor cannot be held: of strings or complex numbers, or without
 *   examples on its first axis.
 */
export function holdBatch(
  engine: Engine,
  inputs: readonly Tensor[],
  targets: readonly Tensor[],
  room: Room,
): HeldBatch | null {
  const tensors = [...inputs, ...targets]
  const count = inputs[0]?.shape[0] ?? 0
  if (count === 0 || !tensors.every(({ shape, dtype }) => shape[0] === count && BYTES.has(dtype))) return null
  const bytes = tensors.reduce((sum, tensor) => sum + bytesPerExample(tensor), 0)
  const fitting = Math.min(count, room.examples, Math.floor(room.bytes / Math.max(1, bytes)))
  if (fitting < 1) return null
  const stride = Math.ceil(count / fitting)
  const hold = (tensor: Tensor): Held => held(engine, tensor, stride)
  return { inputs: inputs.map(hold), targets: targets.map(hold) }
}

/** Bytes of a number, by its type, as TensorFlow.js gives it to this process. */
const BYTES = new Map([
  ['float32', Float32Array.BYTES_PER_ELEMENT],
  ['int32', Int32Array.BYTES_PER_ELEMENT],
  ['bool', Uint8Array.BYTES_PER_ELEMENT],
])

function bytesPerExample({ shape, dtype }: Tensor): number {
  return shape.slice(1).reduce((product, size) => product * size, BYTES.get(dtype) ?? 0)
}

function held(engine: Engine, tensor: Tensor, stride: number): Held {
  const { dtype } = tensor
  // Copied, because a backend may return its own memory, or the program's.
  if (stride === 1) return { shape: [...tensor.shape], dtype, values: (tensor.dataSync() as Numbers).slice() }
  return untracked(engine, () => {
    const part = everyNth(engine, tensor, stride)
    return { shape: [...part.shape], dtype, values: (part.dataSync() as Numbers).slice() }
  })
}

/** Every nth example of a tensor. */
function everyNth(engine: Engine, x: Tensor, stride: number): Tensor {
  const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 }
  const strides = x.shape.map((_, axis) => (axis === 0 ? stride : 1))
  return engine.runKernel('StridedSlice', { x }, { begin: x.shape.map(() => 0), end: x.shape, strides, ...masks })
}
