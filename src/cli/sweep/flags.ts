import type { Axis } from '../../experiments/sweep/axes.ts'
import type { Override } from '../../protocol/overrides.ts'

/** Options of every command that trains many networks of one script. */
export interface StudyFlags {
  json?: true
  html?: string
  node: string
  npm?: true
  set?: Override[]
  seeds: number
  metric?: string
  dir?: string
  workers?: number
  /** Megabytes. */
  memory?: number
  /** HTTP address of an engine that trains. */
  engine?: string
  resume?: true
  /** Folder of an editor's runs, among which trials are listed. */
  history?: string
}

/** Options of `saturation sweep`. */
export interface SweepFlags extends StudyFlags {
  vary?: Axis[]
  list?: string
  random?: number
  randomSeed: number
  grid?: true
  earlyStop: boolean
}
