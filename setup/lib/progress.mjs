/**
 * What the person sees while the set-up works: one line when a step ends, and for the steps under way a line that is rewritten on
 * a terminal and repeated now and then elsewhere (a log of a build server). Steps may overlap.
 */

const REPEAT_MS = 15_000

/**
 * @typedef {object} Progress
 * @property {<T>(title: string, work: (report: (detail: string) => void) => Promise<T>) => Promise<T>} step
 *   runs `work` as a named step; it may tell details (sizes, the current part) at any rate. Throws what `work` throws.
 * @property {(text: string) => void} say prints text of its own
 * @property {() => void} done prints nothing more and takes the status line away
 */

/**
 * @param {NodeJS.WriteStream} [stream]
 * @returns {Progress}
 */
export function createProgress(stream = process.stdout) {
  const live = Boolean(stream.isTTY) && process.env.TERM !== 'dumb'
  /** @type {Map<object, { title: string, detail: string, began: number, told: number }>} */
  const active = new Map()
  /** @type {NodeJS.Timeout | undefined} */
  let timer

  const clear = () => live && stream.write('\r\x1b[K')
  const draw = () => {
    if (active.size === 0) return
    if (live) {
      const text = [...active.values()]
        .map((s) => `${s.title} ${secondsSince(s.began)}${s.detail && `, ${s.detail}`}`)
        .join(' · ')
      // One column less than there are: a full line would wrap and could not be taken back.
      stream.write(`\r\x1b[K  ${text}`.slice(0, (stream.columns ?? 80) + 4))
      return
    }
    for (const s of active.values()) {
      if (Date.now() - s.told < REPEAT_MS) continue
      s.told = Date.now()
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
      const state = { title, detail: '', began, told: began }
      active.set(state, state)
      timer ??= setInterval(draw, live ? 250 : 1000).unref()
      if (!live) stream.write(`  … ${title}\n`)
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
 * A size as people write it.
 * @param {number} bytes
 * @returns {string} for example `207 MB`
 */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

/**
 * An error as people read it: what failed, the last lines that the program printed.
 * @param {unknown} error
 * @returns {string}
 */
export function describe(error) {
  const { message, tail } = /** @type {import('./childProcess.mjs').CommandError} */ (
    error instanceof Error ? error : new Error(String(error))
  )
  return tail ? `${message}\n${tail.split('\n').slice(-15).join('\n').replace(/^/gm, '    | ')}` : message
}
