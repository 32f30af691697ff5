/**
 * The time that recording one training step takes, beside the same step without, and the time to find all widths from
 * it: both in one process, in turns. All times are processor time, so that other programs change them little.
 *
 *   node bench/tracing.mjs
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs-node'
import { build } from 'esbuild'
import { isMain, ROOT } from '../setup/lib/paths.mjs'

/** Layers of the model: 75 blocks of four, two of which have weights and widths. */
const BLOCKS = 75
/** Steps of each kind. */
const ROUNDS = 9
/** Connects the monitor's modules that take part. The tests record steps by it as well. */
const RECORDER = path.join(ROOT, 'test/instrumentation/graph/stepRecorder.ts')

/**
 * @typedef {object} TracingTime all times in milliseconds of processor time
 * @property {number} layers
 * @property {number} operations that a step was recorded with
 * @property {number} plain median of the steps without recording
 * @property {number} traced median of the steps with it
 * @property {number} first time of finding all widths for the first time, when V8 has not compiled the code yet
 * @property {number} least least time of finding all widths
 */

/** @returns {Promise<TracingTime>} */
export async function benchTracing() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bench-'))
  try {
    return await measure(await bundle(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * @typedef {typeof import('../test/instrumentation/graph/stepRecorder.ts')} Monitor
 * @param {Monitor} monitor
 * @returns {Promise<TracingTime>}
 */
async function measure({ StepRecorder }) {
  let analysis = 0
  let operations = 0
  let ended = 0
  const recorder = new StepRecorder({
    stepEnds: (trace, loss) => {
      operations = (loss && trace.traceTo(loss)?.operations.length) ?? 0
      ended = processorTime()
    },
    traceRead: () => {
      recorder.widths?.update()
      analysis = processorTime() - ended
    },
  })
  recorder.watchEngine(/** @type {any} */ (tf.engine()))
  recorder.watchLayers(/** @type {any} */ (tf.layers.dense({ units: 1 })))
  recorder.restart()
  const model = deepModel()
  const [x, y] = [tf.randomUniform([32, 64]), tf.randomUniform([32, 10])]
  const step = async (/** @type {boolean} */ isTraced) => {
    recorder.widths = null
    if (isTraced) recorder.forgetWidths()
    analysis = 0
    const began = processorTime()
    await model.trainOnBatch(x, y)
    return { ms: processorTime() - began - analysis, analysis }
  }
  // The first steps allocate and compile.
  for (let i = 0; i < 3; i++) await step(false)
  /** @type {Record<'plain' | 'traced' | 'analyses', number[]>} */
  const times = { plain: [], traced: [], analyses: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.plain.push((await step(false)).ms)
    const traced = await step(true)
    times.traced.push(traced.ms)
    times.analyses.push(traced.analysis)
  }
  const [plain, traced] = [median(times.plain), median(times.traced)]
  const layers = model.layers.length - 1
  return { layers, operations, plain, traced, first: times.analyses[0] ?? NaN, least: Math.min(...times.analyses) }
}

/** Blocks of dense, normalisation, dense and addition, and an output. */
function deepModel() {
  const input = tf.input({ shape: [64] })
  /** @type {tf.SymbolicTensor} */
  let x = input
  for (let block = 0; block < BLOCKS; block++) {
    const hidden = tf.layers.dense({ units: 32, activation: 'relu' }).apply(x)
    const normal = tf.layers.batchNormalization().apply(hidden)
    const branch = /** @type {tf.SymbolicTensor} */ (tf.layers.dense({ units: 64 }).apply(normal))
    x = /** @type {tf.SymbolicTensor} */ (tf.layers.add().apply([x, branch]))
  }
  const output = /** @type {tf.SymbolicTensor} */ (tf.layers.dense({ units: 10 }).apply(x))
  const model = tf.model({ inputs: input, outputs: output })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  return model
}

/** @param {string} folder @returns {Promise<Monitor>} */
async function bundle(folder) {
  const outfile = path.join(folder, 'monitor.mjs')
  await build({ entryPoints: [RECORDER], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node18' })
  return import(pathToFileURL(outfile).href)
}

function processorTime() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

if (isMain(import.meta.url)) console.log(await benchTracing())
