import type * as TensorFlow from '@tensorflow/tfjs'

/** Arguments of the layer, which a saved model keeps. */
export interface EigenspaceProjectionArgs {
  /** Share of the variance that the eigenspace has to hold, in (0, 1]. 1 is the identity. 0.99 by default. */
  delta?: number
  /** Whether an evaluation projects. The layer measures all the same. True by default. */
  enabled?: boolean
  /** `random` projects onto random directions, as many as the eigenspace would have: the control. */
  basis?: 'eigenspace' | 'random'
  /** Determines the random directions. 1 by default. */
  seed?: number
  /** Whether the space goes through the mean. If not, it is that of the second moment. True by default. */
  centred?: boolean
  /** Axis of the features, the last by default. */
  axis?: number
  /** Weight of the past after each training step, in (0, 1]; 1 weighs all observations alike. 0.99 by default. */
  momentum?: number
  /** Name of the layer. */
  name?: string
}

/** What the layer has besides the members of every layer. */
export interface EigenspaceProjectionMembers {
  /** May be set at any time; the next evaluation follows. Setting throws a RangeError outside (0, 1]. */
  delta: number
  /** May be set at any time. */
  enabled: boolean
  /** Dimensions that an evaluation keeps: k, or the width before anything was measured. */
  readonly dimension: number
}

export type EigenspaceProjection = TensorFlow.layers.Layer & EigenspaceProjectionMembers

/**
 * A layer that projects its input onto the eigenspace of the input's covariance: the paper's check of how much of a
 * layer's output the rest of the network needs. In training it passes its input on and measures; in an evaluation it
 * projects. See `docs/projection.md`.
 * @param args `tf` is the program's TensorFlow.js; by default the one that the program has loaded.
 * @throws RangeError when an argument is out of range; Error when TensorFlow.js is not found.
 */
export function eigenspaceProjection(args?: EigenspaceProjectionArgs & { tf?: typeof TensorFlow }): EigenspaceProjection

/** Lets TensorFlow.js load models that contain the layer. Making a layer does so, too. */
export function registerLayers(tf?: typeof TensorFlow): void
