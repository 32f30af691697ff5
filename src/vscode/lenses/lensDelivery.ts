/** Milliseconds to wait for VS Code's request after the first announcement, when its usual delay is not known yet. */
const FIRST_WAIT_MS = 10_000
/** Least time between two announcements of one change, in milliseconds. */
const MIN_WAIT_MS = 3000
/** Most time between two announcements of one change, in milliseconds. VS Code delays its request by up to 62.5 s. */
const MAX_WAIT_MS = 80_000
/** How many times VS Code's last delay to wait before an announcement is repeated. */
const WAIT_FACTOR = 4
/** Milliseconds after an answer until VS Code is made to ask for it a second time. */
const CONFIRM_AFTER_MS = 5000

/**
 * Decides when to announce to VS Code that the lenses of one document have changed. VS Code can lose a change in two
 * ways, and reports neither (`CodeLensContribution` in its sources):
 * - It drops the announcement when the editor loses the focus before it has asked for the lenses.
 * - It throws the answer away when, meanwhile, the editor shows another document or another provider is registered.
 *
 * So an announcement is repeated until VS Code asks, and VS Code is made to ask twice for every answer that stays. The
 * repetitions use exponential backoff, because each one restarts VS Code's delay. Times are milliseconds of any one clock.
 */
export class LensDelivery {
  #answer = ''
  /** When this answer was first given. */
  #answeredAt = -Infinity
  #confirmed = true
  /** Time of the latest announcement while VS Code has not asked since, else null. */
  #announcedAt: number | null = null
  #repeated = false
  #waitMs = FIRST_WAIT_MS

  /** When to announce that the lenses now read `text`; Infinity when VS Code has them. */
  dueAt(text: string): number {
    if (text === this.#answer && this.#confirmed) return Infinity
    const due = text === this.#answer ? this.#answeredAt + CONFIRM_AFTER_MS : -Infinity
    return this.#announcedAt === null ? due : Math.max(due, this.#announcedAt + this.#waitMs)
  }

  /**
   * Until when no other document may announce a change, because that would restart VS Code's delay for this one. Only
   * the first announcement blocks others: VS Code may never ask for this document.
   */
  get holdsUntil(): number {
    return this.#announcedAt === null || this.#repeated ? -Infinity : this.#announcedAt + this.#waitMs
  }

  /** Records an announcement. */
  announced(now: number): void {
    this.#repeated = this.#announcedAt !== null
    if (this.#repeated) this.#waitMs = Math.min(MAX_WAIT_MS, 2 * this.#waitMs)
    this.#announcedAt = now
  }

  /** Records that VS Code has asked and was given `text`. */
  answered(text: string, now: number): void {
    // After a repetition the delay is ambiguous and the longer wait is kept, as TCP does with its time-out (RFC 6298).
    if (this.#announcedAt !== null && !this.#repeated) {
      this.#waitMs = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, WAIT_FACTOR * (now - this.#announcedAt)))
    }
    this.#announcedAt = null
    this.#repeated = false
    if (text !== this.#answer) {
      this.#answer = text
      this.#answeredAt = now
      this.#confirmed = false
    } else if (now - this.#answeredAt >= CONFIRM_AFTER_MS) this.#confirmed = true
  }
}
