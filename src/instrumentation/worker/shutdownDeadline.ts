/** Time from the end of the script's work until all eigenvalues that are begun should be found, ms. */
const SOLVE_WITHIN_MS = 3000
/** Time from the end of the script's work until nothing more is begun, ms. */
const STOP_AFTER_MS = 6000
/** `SOLVE_WITHIN_MS` where every row was asked for: a person who compares numbers waits for them. */
const PATIENT_SOLVE_WITHIN_MS = 50_000
/** `STOP_AFTER_MS` where every row was asked for. */
const PATIENT_STOP_AFTER_MS = 55_000

/** Time that all eigenvalues of this width take on an ordinary core, ms: ten seconds at 4,096. */
function expectedSolveMs(width: number): number {
  return 1.5e-7 * width ** 3
}

/**
 * How long a process that has ended its work waits for its last numbers, and which of them can be ready in that time.
 */
export class ShutdownDeadline {
  readonly #solvedBy: number
  readonly #stopAt: number

  /**
   * @param now ms, monotonic.
   * @param patient whether every number has to be exact, even if that takes nearly a minute.
   */
  constructor(now: number, patient: boolean) {
    this.#solvedBy = now + (patient ? PATIENT_SOLVE_WITHIN_MS : SOLVE_WITHIN_MS)
    this.#stopAt = now + (patient ? PATIENT_STOP_AFTER_MS : STOP_AFTER_MS)
  }

  /** Whether all eigenvalues of a layer this wide can be expected in time. */
  allowsSolving(width: number, now: number): boolean {
    return now + expectedSolveMs(width) <= this.#solvedBy
  }

  /** Whether it is too late to begin anything. */
  hasPassed(now: number): boolean {
    return now >= this.#stopAt
  }
}
