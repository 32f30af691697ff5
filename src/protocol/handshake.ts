import * as v from 'valibot'
import { PROTOCOL } from './events.ts'
import { MeasureOptions } from './measureOptions.ts'
import { Overrides } from './overrides.ts'
import { Task } from './task.ts'

/**
 * The protocol between a training process and the session that watches it: JSON-RPC 2.0 with Content-Length framing
 * over a Unix socket or named pipe. Both our ends use vscode-jsonrpc; a reporter in another language can implement the
 * protocol.
 *
 * 1. The process reads its invitation, a private file whose path is in its environment.
 * 2. It connects to the reception that the invitation names, and asks for a run (`join`).
 * 3. It connects to the address of that run and says `hello`.
 * 4. It sends `report` requests, one at a time. Each reply acknowledges the events that the session has written to the
 *    log. Events that were not acknowledged are sent again after a reconnection.
 */

/** trainer → session, first message. A wrong secret or version is answered with an error, and the socket is closed. */
export const HELLO = 'saturation/hello'
/** trainer → session: events in order of `seq`. */
export const REPORT = 'saturation/report'
/** session → trainer, notification: end the training process. */
export const STOP = 'saturation/stop'
/** trainer → reception: asks for a run. The process then says hello on the address of that run. */
export const JOIN = 'saturation/join'

export const Hello = v.object({
  protocol: v.literal(PROTOCOL),
  secret: v.string(),
  pid: v.pipe(v.number(), v.integer()),
  /** Thread of the process, 0 for its main thread. Each thread that trains is a reporter of its own. */
  thread: v.optional(v.pipe(v.number(), v.integer()), 0),
})
/** Events are unknown here and validated one by one, so that one malformed event does not invalidate the report. */
export const Report = v.object({ events: v.array(v.unknown()) })
/** Reply to `hello` and `report`: the `seq` of the next event to send. All events below are in the log. */
export const Received = v.object({ next: v.pipe(v.number(), v.integer(), v.minValue(0)) })

export const Join = v.object({
  protocol: v.literal(PROTOCOL),
  secret: v.string(),
  pid: v.pipe(v.number(), v.integer()),
  /** False for a process that ends without a training step, but wants to report why it failed. */
  trains: v.boolean(),
  /** Absolute path as in `process.argv`, which may lack the extension. */
  script: v.string(),
  args: v.array(v.string()),
  cwd: v.string(),
})
/** Reply to `join`: the address and secret of the run. */
export const Joined = v.object({
  address: v.string(),
  secret: v.string(),
  /** Absolute path of the file that is to have what the run has learned; missing where nothing is kept. */
  weights: v.optional(v.string()),
  /** Absolute path of the file that is to have the covariances of the last windows, where they are to be kept. */
  covariances: v.optional(v.string()),
})

export type Join = v.InferOutput<typeof Join>
export type Joined = v.InferOutput<typeof Joined>
export type Hello = v.InferOutput<typeof Hello>
export type Report = v.InferOutput<typeof Report>
export type Received = v.InferOutput<typeof Received>

/**
 * Environment variable with the path of an `Invitation`, for a command that was started here and all processes that it
 * starts. It holds a path and no secret, because environments get printed and logged.
 */
export const INVITATION_VARIABLE = 'SATURATION_RUN'
/** Environment variable with the path of an `Invitation`, for all processes of a terminal. */
export const TERMINAL_VARIABLE = 'SATURATION_TERMINAL'

/** An earlier run whose weights a run begins with. */
export const Inherit = v.object({
  /** Absolute path of the file with its weights. */
  file: v.string(),
  /** The run as the person has named it. */
  name: v.string(),
  /** Whether it is trained on from there. Otherwise no step changes any weight. */
  train: v.boolean(),
})
export type Inherit = v.InferOutput<typeof Inherit>

/** What the preload needs to measure and to find a session. It lies in a private file while a reception listens. */
export const Invitation = v.object({
  /** Path of the reception's Unix socket or named pipe. */
  address: v.string(),
  secret: v.string(),
  /** Absolute path of `dist/preload.cjs`. */
  preload: v.string(),
  /** Share of the variance that the k largest eigenvalues have to hold. */
  delta: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** Largest share of the training thread's time that the monitor may take. */
  budget: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** `all` measures every row of every step and ignores the budget; `sampled`, the default, keeps to the budget. */
  rows: v.optional(v.picklist(['sampled', 'all'])),
  /** What is measured; the defaults of `MeasureOptions` when missing. */
  measure: v.optional(MeasureOptions),
  /** What is changed in the construction of layers; nothing when missing. */
  overrides: v.optional(Overrides),
  /** What is done after the training; nothing when missing. */
  task: v.optional(Task),
  /** Largest number of bytes of weights that are kept beside the log; none are kept when missing. */
  keepWeights: v.optional(v.pipe(v.number(), v.minValue(0))),
  /** Largest number of bytes of covariances that are kept beside the log, to be merged; none are kept when missing. */
  keepCovariances: v.optional(v.pipe(v.number(), v.minValue(0))),
  /** The run whose weights the layers begin with; they begin as the program makes them when missing. */
  inherit: v.optional(Inherit),
  /** Absolute path of the folder that gets the trained model; it is not saved when missing. */
  saveModel: v.optional(v.string()),
  /** Milliseconds without a session after which the training process ends itself; null for never. */
  orphanAfter: v.nullable(v.pipe(v.number(), v.minValue(0))),
  /** Whether to supply the gradient kernels that the wasm backend lacks; true when missing. */
  completeWasm: v.optional(v.boolean()),
})
export type Invitation = v.InferOutput<typeof Invitation>
/** The part of an invitation that a person chooses. */
export type RunOptions = Omit<Invitation, 'address' | 'secret' | 'preload'>
