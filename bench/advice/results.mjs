import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/**
 * @typedef {object} AdviceResult
 * @property {string} model @property {number} seed
 * @property {string} what what was measured
 * @property {string} [at] the step of the path; `what` and `at` are unique for a model and seed
 * @property {number} [parameters] @property {Record<string, number>} [widths]
 * @property {number} [value] the metric on the examples that report, in points
 * @property {number} [cold] the same before any training
 * @property {number} [seconds] of processor time
 * @property {number} [candidates] that the path has evaluated
 * @property {[all: number, further: number]} [epochs] of the wide network, and of those that inherit
 * @property {number} [baseline] the metric of the wide network that was trained as long, in points
 * @property {number} [time] share of the time of the wide network's training
 * @property {string} [units] by which strategy of PFA they were chosen
 */

/** A file of results, one JSON line each, which a benchmark that was ended goes on with. */
export class Results {
  /** @type {AdviceResult[]} Of all models and seeds. */
  all
  #file
  #own
  #report

  /** @param {string} file @param {string} [model] @param {number} [seed] @param {(text: string) => void} [report] */
  constructor(file, model = '', seed = 0, report = () => {}) {
    this.#file = file
    this.#own = { model, seed }
    this.#report = report
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    this.all = lines.filter((line) => line).map((line) => JSON.parse(line))
  }

  /** Results of this model and seed. @param {string} what */
  of(what) {
    const { model, seed } = this.#own
    return this.all.filter((each) => each.model === model && each.seed === seed && each.what === what)
  }

  /** @param {string} what @param {string | null} [at] any step where none is given */
  has(what, at) {
    return this.of(what).some((each) => at === undefined || at === (each.at ?? null))
  }

  /**
   * Measures what the file does not have yet, and writes it.
   * @param {string} what @param {string | null} at
   * @param {() => Partial<AdviceResult> | Promise<Partial<AdviceResult>>} measure
   */
  async once(what, at, measure) {
    if (this.has(what, at)) return
    const result = { ...this.#own, what, ...(at === null ? {} : { at }), ...(await measure()) }
    this.all.push(result)
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`)
    this.#report(JSON.stringify(result))
  }
}
