import * as v from 'valibot'
import { PROTOCOL } from './events.ts'
import { MeasureOptions } from './measureOptions.ts'

/**
 * The conversation between a training process and the session that watches it: JSON-RPC 2.0 with Content-Length
 * framing over a Unix socket or named pipe (vscode-jsonrpc on both our ends; plain enough for other languages).
 *
 * A process finds the way by an invitation: a private file whose path is in its environment. It asks at the reception
 * that the invitation names for a run (`join`). On the run's own address it says `hello` first, then sends `report`
 * requests, one at a time: each reply acknowledges what the session has written to the log, and what is not
 * acknowledged is sent again after a reconnection.
 */

/** trainer → session, first message. A wrong secret or version is answered with an error and the socket is closed. */
export const HELLO = 'saturation/hello'
/** trainer → session: events in order of `seq`. */
export const REPORT = 'saturation/report'
/** session → trainer, notification: end the training process. */
export const STOP = 'saturation/stop'
/** A process that has something to report → a reception: asks for a run of its own, where it then says hello. */
export const JOIN = 'saturation/join'

export const Hello = v.object({
  protocol: v.literal(PROTOCOL),
  secret: v.string(),
  pid: v.pipe(v.number(), v.integer()),
  /** Thread of the process, 0 for its main thread: two threads that train are two reporters. */
  thread: v.optional(v.pipe(v.number(), v.integer()), 0),
})
/** Events are validated one by one, so that a malformed one does not take its neighbours along. */
export const Report = v.object({ events: v.array(v.unknown()) })
/** Reply to both: the `seq` of the trainer's next event, all below being in the log. */
export const Received = v.object({ next: v.pipe(v.number(), v.integer(), v.minValue(0)) })

export const Join = v.object({
  protocol: v.literal(PROTOCOL),
  secret: v.string(),
  pid: v.pipe(v.number(), v.integer()),
  /** False of a process that ends without a training step and has something to say all the same: why it failed. */
  trains: v.boolean(),
  /** As in `process.argv`: absolute, perhaps without its extension. */
  script: v.string(),
  args: v.array(v.string()),
  cwd: v.string(),
})
/** Reply to `join`: where the run's own session listens, and its secret. */
export const Joined = v.object({ address: v.string(), secret: v.string() })

export type Join = v.InferOutput<typeof Join>
export type Joined = v.InferOutput<typeof Joined>
export type Hello = v.InferOutput<typeof Hello>
export type Report = v.InferOutput<typeof Report>
export type Received = v.InferOutput<typeof Received>

/**
 * Name of the environment variable that carries the path of an `Invitation` into a command that was started here, and
 * into the processes that it starts. A path and no secret: an environment is printed and logged.
 */
export const INVITATION_VARIABLE = 'SATURATION_RUN'
/** The same for all processes of a terminal. */
export const TERMINAL_VARIABLE = 'SATURATION_TERMINAL'

/** What the preload needs to measure, and to find a session: kept in a private file while somebody listens. */
export const Invitation = v.object({
  /** Path of the reception's Unix socket or named pipe. */
  address: v.string(),
  secret: v.string(),
  /** Absolute path of `dist/preload.cjs`. */
  preload: v.string(),
  /** Share of variance that k has to hold. */
  delta: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** Monitor's share of the training thread's time to stay under. */
  budget: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** `all` takes every row of every step, whatever it costs; `sampled`, the default, keeps to the budget. */
  rows: v.optional(v.picklist(['sampled', 'all'])),
  /** What is measured; the definition where left out. */
  measure: v.optional(MeasureOptions),
  /** Milliseconds without a session after which the training process ends itself; null lets it go on. */
  orphanAfter: v.nullable(v.pipe(v.number(), v.minValue(0))),
  /** False leaves the wasm backend without the gradient kernels that it lacks; they are supplied when left out. */
  completeWasm: v.optional(v.boolean()),
})
export type Invitation = v.InferOutput<typeof Invitation>
/** What a person chooses of it. */
export type RunOptions = Omit<Invitation, 'address' | 'secret' | 'preload'>
