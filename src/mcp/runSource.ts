import type { RunState } from '../run/state.ts'

/** A run that the tools can look at. */
export interface KnownRun {
  /** By which the tools are asked for it. */
  readonly id: string
  /** The state of the run as it is now; null where its log cannot be read. */
  state(): Promise<RunState | null>
}

/** Where the tools find runs. They can name no others, so no path of an answer is ever read. */
export interface RunSource {
  /** The runs, the latest first. */
  list(): Promise<readonly KnownRun[]>
}
