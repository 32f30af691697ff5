/**
 * Compares k as reported live with a reference in float64. Two CNNs train under the monitor, which measures every row.
 * Afterwards NumPy computes k from each layer's output on the validation images, for which the weights are still the
 * same as in the last validation.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ROOT } from '../../setup/lib/paths.mjs'
import { run } from '../../setup/lib/childProcess.mjs'
import { runPython } from '../../setup/tensorflow/python.mjs'
import { pythonWith } from '../pythonWith.mjs'

const RECORD = path.join(ROOT, 'bench', 'exactness', 'record.mjs')
const REFERENCE = path.join(ROOT, 'bench', 'exactness', 'reference.py')
const COMMAND = path.join(ROOT, 'dist', 'saturation.cjs')
/** Shares of the variance at which k is compared. */
const DELTAS = [0.9, 0.99, 0.999]
/** Names of models in `models.mjs`. */
const MODELS = ['small', 'vgg']

/** @typedef {{ checks: number, mismatches: string[], reference: string }} Exactness */

/**
 * @param {(text: string) => void} report
 * @returns {Promise<Exactness>}
 * @throws {Error} with advice when there is no Python, or pip cannot install NumPy
 */
export async function measureExactness(report) {
  const python = await pythonWith('numpy', ['numpy>=2,<3'], report)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bench-'))
  /** @type {string[]} */
  const mismatches = []
  let checks = 0
  let reference = ''
  try {
    for (const model of MODELS)
      for (const delta of DELTAS) {
        report(`exactness: ${model} at delta ${delta}`)
        const log = path.join(folder, `${model}-${delta}.jsonl`)
        const args = [
          'run',
          '--no-live',
          '--log',
          log,
          '--rows',
          'all',
          '--delta',
          String(delta),
          RECORD,
          model,
          folder,
        ]
        await run(process.execPath, [COMMAND, ...args], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } })
        const truth = JSON.parse(await runPython(python, [REFERENCE, folder, String(delta)], { env: python.env }))
        reference = `NumPy ${truth.numpy}`
        for (const [layer, k] of Object.entries(lastK(log))) {
          checks++
          if (k !== truth.k[layer]) mismatches.push(`${model} ${layer} at ${delta}: ${k} instead of ${truth.k[layer]}`)
        }
        for (const file of readdirSync(folder)) if (file.endsWith('.f32')) rmSync(path.join(folder, file))
      }
    return { checks, mismatches, reference }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads k of each layer's last validation. @param {string} log @returns {Record<string, number>} */
function lastK(log) {
  /** @type {Record<string, number>} */
  const k = {}
  for (const line of readFileSync(log, 'utf8').split('\n').filter(Boolean)) {
    const event = JSON.parse(line)
    if (event.type !== 'saturation' || !event.endOfEpoch) continue
    for (const measurement of event.layers) if (measurement.split === 'eval') k[measurement.layer] = measurement.k
  }
  return k
}
