/** Milliseconds in which eigenvalues are found, and after which the process ends whatever is left. */
const SOLVING_MS = 3000
const LIMIT_MS = 6000
/** The same where every row was asked for: whoever compares numbers waits for them. */
const PATIENT_SOLVING_MS = 50_000
const PATIENT_LIMIT_MS = 55_000

/** What all eigenvalues take on an ordinary core, ms: ten seconds at a width of 4,096. */
function expectedMs(width: number): number {
  return 1.5e-7 * width ** 3
}

/** The time that a process which has ended its work waits for its last numbers, and what is worth beginning in it. */
export class LastSeconds {
  readonly #solvedBy: number
  readonly #latest: number

  /**
   * @param now ms, monotonic.
   * @param patient whether every number is to be exact even if it takes the better part of a minute.
   */
  constructor(now: number, patient: boolean) {
    this.#solvedBy = now + (patient ? PATIENT_SOLVING_MS : SOLVING_MS)
    this.#latest = now + (patient ? PATIENT_LIMIT_MS : LIMIT_MS)
  }

  /** Whether all eigenvalues of a layer this wide can be expected in time. */
  enoughFor(width: number, now: number): boolean {
    return now + expectedMs(width) <= this.#solvedBy
  }

  /** Whether it is too late for anything. */
  over(now: number): boolean {
    return now >= this.#latest
  }
}
