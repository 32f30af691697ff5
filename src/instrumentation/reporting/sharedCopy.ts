/**
 * A copy in memory that the worker sees as well, for what is too large to be copied twice.
 *
 * Transferring the original would save the copy, but V8 keeps one flag per thread of whether a buffer was ever detached.
 * From the first one on, all compiled code checks its typed arrays at every access: loops of TensorFlow.js took twice as
 * long, a training step of a small CNN a sixth more (docs/performance.md).
 */
export function sharedCopy(values: Float64Array): Float64Array<SharedArrayBuffer> {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
