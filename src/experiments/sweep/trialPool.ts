import type { Override } from '../../protocol/overrides.ts'

/** One training of a study. */
export interface Trial {
  /** Unique within the study; the name of its files, without extension. */
  readonly file: string
  /** The network that is trained: `conv*.filters=8`. */
  readonly network: string
  readonly overrides: readonly Override[]
  /** Which training of the network it is, from 1. */
  readonly repeat: number
  /** Whether the trained model is evaluated after its training, as where the program calls `evaluate` itself. */
  readonly evaluates: boolean
}

/** How the processes of a trial ended. What it trained is in its log. */
export interface TrialEnd {
  /**
   * `ended`: by themselves. `stopped`: because they were asked to. `no memory`: they took more memory than there is for
   * one trial. `again`: to make room for other trials, so it is to be repeated. `lost`: the machine that it ran on is gone,
   * so it is to be repeated.
   */
  readonly how: 'ended' | 'stopped' | 'no memory' | 'again' | 'lost'
  readonly exitCode: number | null
  /** The end of the error output. */
  readonly errors: string
  /** Bytes of memory that its processes took at most; null where that is not known. */
  readonly peakBytes: number | null
}

/**
 * Where trials run. Each trial is one `saturation run` (or `prove`) that appends its events to a log. A study reads the
 * logs while they grow, so it does not matter where its trials run.
 */
export interface TrialPool {
  /** Whether a further trial can be started now. */
  hasRoom(): boolean
  /**
   * Trains.
   * @param log absolute path of the trial's log; nothing is there
   * @param signal asks the trial to end
   * @throws ExperimentError when no trial can be started: the script is missing, the engine cannot be reached.
   */
  run(trial: Trial, log: string, signal: AbortSignal): Promise<TrialEnd>
}
