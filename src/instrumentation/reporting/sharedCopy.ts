/**
 * Copies values into memory that is shared with the worker. For large arrays, which posting would copy twice.
 *
 * Transferring the original would save the copy. But V8 keeps one flag per thread that says whether a buffer was ever
 * detached; once it is set, all compiled code checks its typed arrays at every access. Loops of TensorFlow.js then took
 * twice as long, a training step of a small CNN a sixth longer (docs/performance.md).
 */
export function sharedCopy(values: Float64Array): Float64Array<SharedArrayBuffer> {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
