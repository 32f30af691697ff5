/**
 * Shows the progress of the set-up. Every step prints a line when it ends. The running steps share a status line, which
 * is rewritten in place on a terminal; elsewhere, for example in a build server's log, each running step prints a line
 * from time to time. Steps may overlap.
 */

/** Interval between two status lines of a running step where there is no terminal, in milliseconds. */
const STATUS_REPEAT_INTERVAL_MS = 15_000

/** Number of an error's last output lines that are shown. */
const MAX_SHOWN_OUTPUT_LINES = 15

/**
 * @typedef {object} Progress
 * @property {<T>(title: string, work: (report: (detail: string) => void) => Promise<T>) => Promise<T>} step runs `work`
 *   as a named step. `work` may report details (sizes, the current part) as often as it likes. Throws what `work`
 *   throws.
 * @property {(text: string) => void} say prints a text that belongs to no step
 * @property {() => void} done removes the status line and stops updating it
 */

/**
 * Creates the progress display.
 * @param {NodeJS.WriteStream} [stream]
 * @returns {Progress}
 */
export function createProgress(stream = process.stdout) {
  const isTerminal = Boolean(stream.isTTY) && process.env.TERM !== 'dumb'
  /** @type {Map<object, { title: string, detail: string, began: number, printedAt: number }>} */
  const active = new Map()
  /** @type {NodeJS.Timeout | undefined} */
  let timer

  const clear = () => isTerminal && stream.write('\r\x1b[K')
  const draw = () => {
    if (active.size === 0) return
    if (isTerminal) {
      const text = [...active.values()]
        .map((s) => `${s.title} ${secondsSince(s.began)}${s.detail && `, ${s.detail}`}`)
        .join(' · ')
      // A longer line would wrap, and a wrapped line cannot be erased. The control sequence in front has 4 characters.
      stream.write(`\r\x1b[K  ${text}`.slice(0, (stream.columns ?? 80) + 4))
      return
    }
    for (const s of active.values()) {
      if (Date.now() - s.printedAt < STATUS_REPEAT_INTERVAL_MS) continue
      s.printedAt = Date.now()
      stream.write(`  … ${s.title} ${secondsSince(s.began)}${s.detail && `, ${s.detail}`}\n`)
    }
  }
  /** @param {string} text */
  const say = (text) => {
    clear()
    stream.write(`${text}\n`)
    draw()
  }

  return {
    say,
    async step(title, work) {
      const began = Date.now()
      const state = { title, detail: '', began, printedAt: began }
      active.set(state, state)
      timer ??= setInterval(draw, isTerminal ? 250 : 1000).unref()
      if (!isTerminal) stream.write(`  … ${title}\n`)
      try {
        const result = await work((detail) => void (state.detail = detail))
        active.delete(state)
        say(`  ✓ ${title}  ${secondsSince(began)}${state.detail && `  (${state.detail})`}`)
        return result
      } catch (error) {
        active.delete(state)
        say(`  ✗ ${title}  ${secondsSince(began)}`)
        throw error
      }
    },
    done() {
      clearInterval(timer)
      clear()
    },
  }
}

/** @param {number} began */
function secondsSince(began) {
  const s = (Date.now() - began) / 1000
  return s < 10 ? `${s.toFixed(1)} s` : `${Math.round(s)} s`
}

/**
 * Formats a size in megabytes (10⁶ bytes).
 * @param {number} bytes
 * @returns {string} for example `207 MB`
 */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

/**
 * Formats an error for the user: what failed, and the last lines that the failed program printed.
 * @param {unknown} error
 * @returns {string}
 */
export function describeError(error) {
  const { message, tail } = /** @type {import('./childProcess.mjs').CommandError} */ (
    error instanceof Error ? error : new Error(String(error))
  )
  if (!tail) return message
  return `${message}\n${tail.split('\n').slice(-MAX_SHOWN_OUTPUT_LINES).join('\n').replace(/^/gm, '    | ')}`
}
