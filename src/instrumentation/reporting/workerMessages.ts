import type { PackedLearned } from '../../learned/packedMoments.ts'
import type { Split } from '../../protocol/measurement.ts'
import type { Invitation, Joined } from '../../protocol/handshake.ts'
import type { TimedEvent } from './eventBatch.ts'
import type { Program } from './program.ts'

/** A window's covariance, or its sketch, to be solved. */
export interface MeasureRequest {
  type: 'measure'
  layer: string
  split: Split
  step: number
  epoch: number | null
  /** Whether the window ends. */
  endOfEpoch: boolean
  /** Whether every eigenvalue is to be reported. If not, bins are, which keeps the log of a long run small. */
  wholeSpectrum: boolean
  seen: number
  rejected: number
  /** Training step of the window's first observation, from 1. */
  firstStep: number
  /** Epochs that the window covers, the present one included; 0 where there are no epochs. */
  epochs: number
  count: number
  /** The number of independent observations that they are worth, at most `count`. */
  effective: number
  width: number
  /** `mean` of the window's `Accumulator`. */
  mean: Float64Array
  /** `products` of the window's `Accumulator`, copied into shared memory that the training thread does not keep. */
  products: Float64Array
  /** `rounding` of the window's `Accumulator`. */
  rounding: Float64Array
  /** [any × width] Rows to embed; null where there are none, or the window goes on. */
  sample: Float32Array | null
  /** `squares` of a `Sketch`; null where the accumulator is a `Covariance`. */
  squares: Float64Array | null
}

/** What the training has learned, to be written beside the log. */
export interface KeepRequest {
  type: 'keep'
  /** Its weights and covariances lie in shared memory: posting would copy them twice. */
  learned: PackedLearned
  /** Size of the weights. */
  bytes: number
  /** Training steps so far. */
  step: number
}

/** Widest layer that is solved among the narrow ones. Each takes less than 0.5 s, and none waits for a wide one. */
const WIDEST_NARROW = 1024

/** Whether a layer of this width is solved among the wide ones. */
export function isWide(width: number): boolean {
  return width > WIDEST_NARROW
}

/** Training thread → worker. */
export type ToWorker =
  | { type: 'events'; events: TimedEvent[] }
  | MeasureRequest
  | KeepRequest
  /** The process trains, so it is to have a run. */
  | { type: 'join' }
  /** The process is about to end: the worker is to report everything, then set `DELIVERED`. */
  | { type: 'finish' }

/** Worker → training thread, once: the address of the run that this process was given. */
export type FromWorker = Joined

/** What the worker is started with. */
export interface WorkerData {
  /** As it was when the process started; the file is read again when a run is asked for. */
  invitation: Invitation
  /** Absolute path of the file that contains the invitation. */
  file: string
  program: Program
  /** The run of this process; null where it has none. A worker that died may have been given one. */
  session: Joined | null
  /** Shared memory with the slots of `Control`. */
  control: Int32Array
  pid: number
  /** Thread whose training is monitored; 0 is the main thread. */
  thread: number
}

/** Slots of the shared control array. */
export const Control = {
  /** Number of mid-window measurements of narrow layers whose solution, with the rest after it, is not done. */
  QUEUED: 0,
  /** 1 once the session has acknowledged everything posted before `finish`, or cannot do so. */
  DELIVERED: 1,
  /** 1 while the worker solves, so that the training thread can tell that it does not hang. */
  BUSY: 2,
  /** Number of mid-window measurements of wide layers whose solution, with the rest after it, is not done. */
  QUEUED_WIDE: 3,
  /** 1 while no session listens, because none was there or it has gone; 0 also until that is known. */
  ALONE: 4,
  SLOTS: 5,
} as const

/** Returns the slot that counts the mid-window measurements of layers of this width. */
export function queueOf(width: number): number {
  return isWide(width) ? Control.QUEUED_WIDE : Control.QUEUED
}
