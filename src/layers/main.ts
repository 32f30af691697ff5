import { classFor } from './eigenspaceProjection.ts'
import type * as Published from './layers.d.ts'
import { findTensorFlow } from './tensorflow.ts'

/** The public layers. `layers.d.ts` documents them, and is published with the bundle of this file. */
export const eigenspaceProjection: typeof Published.eigenspaceProjection = ({ tf, ...args } = {}) =>
  new (classFor(tf ?? findTensorFlow()))(args)

export const registerLayers: typeof Published.registerLayers = (tf = findTensorFlow()) => void classFor(tf)
