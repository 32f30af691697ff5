/**
 * Measures the cost of monitoring: the same training runs alternately with and without the monitor, each in a new
 * process.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ROOT } from '../../setup/lib/paths.mjs'
import { run } from '../../setup/lib/childProcess.mjs'
import { median, ratio } from '../ratio.mjs'

const TRAIN = path.join(ROOT, 'bench', 'overhead', 'train.mjs')
const SEARCH = path.join(ROOT, 'bench', 'overhead', 'search.mjs')
const COMMAND = path.join(ROOT, 'dist', 'saturation.cjs')
/** Milliseconds after which a training is aborted. */
const TRAINING_TIMEOUT_MS = 600_000

/** @typedef {import('../ratio.mjs').Ratio} Ratio */
/** @typedef {{ ms: number, cpuMs: number, rss: number, rssAtStart: number, data: string }} Training */
/**
 * @typedef {Training & { share: number, solverMs: number, logBytes: number, steps: number, widths: number[], sampling:
 *   string }} Monitored
 */

/**
 * @typedef {object} Overhead
 * @property {string} model
 * @property {'sampled' | 'all'} rows
 * @property {string[]} options further options of `saturation run`
 * @property {string} data source of the training data
 * @property {number} msPerStep milliseconds per step without the monitor
 * @property {Ratio} time monitored / unmonitored, wall clock
 * @property {Ratio} cpu the same in processor time of the whole process, including the worker's eigenvalues
 * @property {Ratio} nothing unmonitored / unmonitored, wall clock: the spread of this machine
 * @property {Ratio} nothingCpu unmonitored / unmonitored in processor time
 * @property {number} reported median of the shares of training time that the runs themselves reported
 * @property {string} sampling sampling that the budget allowed at the end of the last run
 * @property {number} memoryMb median of the additional memory
 * @property {number} memoryAllowedMb 3 · Σ width² · 8 bytes + 60 MB
 * @property {number} logBytesPer1000Steps median size of the log, which the ends of epochs dominate in so short a run
 */

/**
 * Runs a training unmonitored, monitored and unmonitored again in each round. Every second round swaps the roles of the
 * two unmonitored runs.
 * @param {string} model name of a model in `models.mjs`, or `search`, whose steps are models
 * @param {'sampled' | 'all'} rows
 * @param {{ rounds: number, steps: number, options: string[], report: (text: string) => void }} settings `options` are
 *   further options of `saturation run`
 * @returns {Promise<Overhead>}
 */
export async function measureOverhead(model, rows, { rounds, steps, options, report }) {
  /** @type {{ plain: Training, monitored: Monitored, again: Training }[]} */
  const results = []
  for (let round = 0; round < rounds; round++) {
    report(`${[model, `${rows} rows`, ...options].join(', ')}: round ${round + 1} of ${rounds}`)
    const first = await plainRun(model, steps)
    const monitored = await monitoredRun(model, steps, ['--rows', rows, ...options])
    const last = await plainRun(model, steps)
    results.push(round % 2 === 0 ? { plain: first, monitored, again: last } : { plain: last, monitored, again: first })
  }
  /** @typedef {(typeof results)[number]} Round */
  const middle = (/** @type {(round: Round) => number} */ of) => median(results.map(of))
  const compare = (/** @type {(round: Round) => [number, number]} */ pairOf) => ratio(results.map(pairOf))
  const { monitored } = /** @type {Round} */ (results.at(-1))
  const squares = monitored.widths.reduce((sum, width) => sum + width ** 2, 0)
  return {
    model,
    rows,
    options,
    data: monitored.data,
    msPerStep: middle(({ plain }) => plain.ms / steps),
    time: compare(({ plain, monitored }) => [monitored.ms, plain.ms]),
    cpu: compare(({ plain, monitored }) => [monitored.cpuMs, plain.cpuMs]),
    nothing: compare(({ plain, again }) => [again.ms, plain.ms]),
    nothingCpu: compare(({ plain, again }) => [again.cpuMs, plain.cpuMs]),
    reported: middle(({ monitored }) => monitored.share),
    sampling: monitored.sampling,
    memoryMb: middle(({ plain, monitored }) => (monitored.rss - plain.rss) / 2 ** 20),
    memoryAllowedMb: (3 * 8 * squares) / 2 ** 20 + 60,
    logBytesPer1000Steps: middle(({ monitored }) => (1000 * monitored.logBytes) / monitored.steps),
  }
}

/** @param {string} model @param {number} steps @returns {Promise<Training>} */
async function plainRun(model, steps) {
  return lastJson(await run(process.execPath, scriptOf(model, steps), { env: quiet(), timeout: TRAINING_TIMEOUT_MS }))
}

/** @param {string} model @param {number} steps @param {string[]} options @returns {Promise<Monitored>} */
async function monitoredRun(model, steps, options) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bench-'))
  try {
    const log = path.join(folder, 'log.jsonl')
    const args = [COMMAND, 'run', '--no-live', '--log', log, ...options, ...scriptOf(model, steps)]
    const training = lastJson(await run(process.execPath, args, { env: quiet(), timeout: TRAINING_TIMEOUT_MS }))
    const events = readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    const last = (/** @type {string} */ type) => events.filter((event) => event.type === type).at(-1)
    const { share, solverMs, sampling } = last('overhead')
    return {
      ...training,
      share,
      solverMs,
      sampling: describe(sampling),
      logBytes: statSync(log).size,
      steps: last('step').step,
      widths: last('model').layers.flatMap((/** @type {{ width: number, notMeasured: string | null }} */ layer) =>
        layer.notMeasured === null ? [layer.width] : [],
      ),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The script that trains, and its arguments. @param {string} model @param {number} steps */
function scriptOf(model, steps) {
  return model === 'search' ? [SEARCH, String(steps)] : [TRAIN, model, String(steps)]
}

/** @param {import('../../src/protocol/measurement.ts').Sampling} sampling */
function describe({ rowsPerFeature, layerStride }) {
  if (rowsPerFeature === null) return 'all rows'
  const rows = `≤ ${Number(rowsPerFeature.toFixed(1))} rows per feature`
  return rows + (layerStride > 1 ? `, a layer in every ${layerStride.toFixed(1)}th step` : '')
}

function quiet() {
  return { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }
}

/** @param {string} output */
function lastJson(output) {
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}
