/**
 * The time in which the lenses of a file of 10,000 lines are found: first, again, and after a keystroke. The editor asks
 * for them after each. All times are processor time, so that other programs change them little.
 *
 *   node bench/lenses.mjs
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { isMain, ROOT } from '../setup/lib/paths.mjs'

const LINES = 10_000
const LAYERS = 200
const ROUNDS = 50
/** Connects the modules that take part. A test opens the same file. */
const LONG_FILE = path.join(ROOT, 'test/vscode/lenses/longFile.ts')

/**
 * @typedef {object} LensTime all times in milliseconds of processor time
 * @property {number} lines
 * @property {number} layers
 * @property {number} first
 * @property {number} again median
 * @property {number} typed median after a keystroke, with what is done at the keystroke itself
 * @property {number} worst the longest of these
 */

/** @returns {Promise<LensTime>} */
export async function benchLenses() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bench-'))
  try {
    const outfile = path.join(folder, 'longFile.mjs')
    await build({ entryPoints: [LONG_FILE], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' })
    return await measure(await import(pathToFileURL(outfile).href))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {typeof import('../test/vscode/lenses/longFile.ts')} longFile @returns {Promise<LensTime>} */
async function measure({ openLongFile }) {
  const file = await openLongFile(LINES, LAYERS)
  const first = timed(() => file.lenses())
  /** @type {number[]} */
  const again = []
  /** @type {number[]} */
  const typed = []
  for (let round = 0; round < ROUNDS; round++) {
    again.push(timed(() => file.lenses()))
    typed.push(
      timed(() => {
        file.type()
        file.lenses()
      }),
    )
  }
  file.dispose()
  const worst = Math.max(...typed)
  return { lines: LINES, layers: LAYERS, first, again: median(again), typed: median(typed), worst }
}

/** @param {() => void} work */
function timed(work) {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

if (isMain(import.meta.url)) console.log(await benchLenses())
