/**
 * Runs commands of the product on the reproduction's training script, one after the other. What a command has printed is
 * kept in a file, so that a reproduction that was interrupted repeats nothing that had ended.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../../setup/lib/paths.mjs'

const CLI = path.join(ROOT, 'dist', 'saturation.cjs')
const SCRIPT = path.join(ROOT, 'bench', 'reproduce', 'vgg.mjs')
/** Bytes of output that a command may have. */
const MAX_OUTPUT = 256e6

/** A command's options are those of the command line; `script` holds the training script's arguments. */
export class Runs {
  /** @param {string} folder @param {string[]} data arguments of the script that say what it trains on @param {(text: string) => void} report */
  constructor(folder, data, report) {
    this.folder = folder
    this.data = data
    this.report = report
    mkdirSync(folder, { recursive: true })
  }

  /** @param {string} name */
  log(name) {
    return path.join(this.folder, `${name}.jsonl`)
  }

  /** Whether a run or a command has ended. @param {string} name */
  has(name) {
    return existsSync(this.#result(name))
  }

  /**
   * Trains with all observations measured, unless that has been done.
   * @param {string} name @param {string[]} script arguments of the script @param {string[]} overrides
   * @returns {Promise<Report>}
   */
  async train(name, script, overrides = []) {
    if (!this.has(name)) {
      const sets = overrides.flatMap((override) => ['--set', override])
      const options = ['--rows', 'all', '--pre-activation', '--no-live', ...sets, '--log', this.log(name)]
      await this.#timed(name, () => command(['run', ...options, SCRIPT, ...script, ...this.data]))
      this.#keep(name, await command(['report', '--json', this.log(name)]))
    }
    return this.result(name)
  }

  /**
   * Does something with a trained network, unless that has been done.
   * @param {string} name @param {string[]} args of the command @param {string[]} script arguments of the script
   * @param {string | null} from name of the training whose weights are taken; null where the command trains itself
   */
  async after(name, args, script, from) {
    const options = [
      '--json',
      '--no-live',
      ...(from === null ? [] : ['--from', this.log(from)]),
      '--log',
      this.log(name),
    ]
    const whole = [...args, ...options, SCRIPT, ...script, ...this.data]
    if (!this.has(name)) await this.#timed(name, async () => this.#keep(name, await command(whole)))
    return this.result(name)
  }

  /** @param {string} name @returns {any} what the command has printed, as JSON */
  result(name) {
    return JSON.parse(readFileSync(this.#result(name), 'utf8'))
  }

  /** The events of a log. @param {string} name @returns {any[]} */
  events(name) {
    return readFileSync(this.log(name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }

  /** @param {string} name */
  #result(name) {
    return path.join(this.folder, `${name}.json`)
  }

  /** Written beside and renamed, so that a file with the name is complete. @param {string} name @param {string} text */
  #keep(name, text) {
    writeFileSync(`${this.#result(name)}.part`, text)
    renameSync(`${this.#result(name)}.part`, this.#result(name))
  }

  /** @param {string} name @param {() => Promise<unknown>} work */
  async #timed(name, work) {
    const began = performance.now()
    this.report(`${name} …`)
    await work()
    this.report(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
  }
}

/**
 * @typedef {{ name: string, split: 'train' | 'eval', width: number, k: number, saturation: number, verdict: string }} ReportedLayer
 * @typedef {{ run: { epochs: { epoch: number, metrics: Record<string, number> }[] }, layers: ReportedLayer[] }} Report what
 *   `saturation report --json` prints, as far as it is used
 */

/** @param {string[]} args @returns {Promise<string>} */
function command(args) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], { maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      if (error)
        reject(
          new Error(`saturation ${args.join(' ')} ended with ${error.code ?? error.signal}.\n${stderr.slice(-2000)}`),
        )
      else resolve(stdout)
    })
  })
}
