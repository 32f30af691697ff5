import type { EventBody, Split } from '../../protocol/events.ts'
import type { Invitation, Joined } from '../../protocol/handshake.ts'

/** A window's covariance on its way to the solver. */
export interface MeasureRequest {
  type: 'measure'
  layer: string
  split: Split
  step: number
  epoch: number | null
  endOfEpoch: boolean
  /** Whether every eigenvalue is to be reported, or bins of them: what keeps the log of a long run small. */
  wholeSpectrum: boolean
  seen: number
  rejected: number
  /** Training step of the window's first observation, from 1. */
  firstStep: number
  /** Epochs that the window covers, the present one included; 0 where none are known. */
  epochs: number
  count: number
  width: number
  /** As `Covariance` has them; `products` in shared memory, which the training thread keeps no hold of. */
  mean: Float64Array
  products: Float64Array
  rounding: Float64Array
  /** [any × width] rows to embed; null where there are none or the window goes on. */
  sample: Float32Array | null
  /** As `Sketch` has them where `products` are those of a sketch; null where they are those of a covariance. */
  squares: Float64Array | null
}

/** Narrow layers are solved in less than half a second each; their reports do not wait for those of wide ones. */
const WIDEST_NARROW = 1024

/** Whether a layer of this width is solved among the wide ones. */
export function isWide(width: number): boolean {
  return width > WIDEST_NARROW
}

/** Training thread → worker. */
export type ToWorker =
  | { type: 'event'; time: number; body: EventBody }
  | MeasureRequest
  /** The process trains: it is to have a run. */
  | { type: 'join' }
  /** The process is about to end: report all there is, then set `DELIVERED`. */
  | { type: 'finish' }

/** Worker → training thread, once: where the run that this process was given is listened for. */
export type FromWorker = Joined

/** This process, as its run is to name it. */
export interface Guest {
  script: string
  args: string[]
  cwd: string
}

export interface WorkerData {
  /** As it was when the process started; the file is read again when a run is asked for. */
  invitation: Invitation
  /** Absolute path of the file that the invitation lies in. */
  file: string
  guest: Guest
  /** The run of this process where an earlier worker, which died, was given it. */
  session: Joined | null
  control: Int32Array
  /** Process-wide start of this monitor's events, so that the session can tell a repetition. */
  pid: number
  /** Thread whose training is watched; 0 is the main thread. */
  thread: number
}

/** Slots of the shared control array. */
export const Control = {
  /** Mid-window measurements posted and not yet solved and rested from: of narrow layers, */
  QUEUED: 0,
  /** 1 once everything posted before `finish` is acknowledged by the session, or cannot be. */
  DELIVERED: 1,
  /** 1 while the worker solves: who waits for it knows that it does not hang. */
  BUSY: 2,
  /** and of wide ones. */
  QUEUED_WIDE: 3,
  /** 1 while no session listens: none was there, or it has gone. 0 also until that is known. */
  ALONE: 4,
  SLOTS: 5,
} as const

/** The slot that counts the measurements under way of a layer of this width. */
export function queueOf(width: number): number {
  return isWide(width) ? Control.QUEUED_WIDE : Control.QUEUED
}
