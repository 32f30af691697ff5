import type { Layer } from '../../tfjs/tfjs.ts'

/** A place in the network where a layer is measured. */
export interface MeasuredSite {
  /** Id of the layer in the run. */
  readonly id: string
  readonly name: string
  readonly width: number
  /** The layer whose output is measured: the layer itself, or the activation behind it. */
  readonly layer: Layer
  readonly isOutput: boolean
}
