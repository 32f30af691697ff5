/**
 * Widths and units of Principal Filter Analysis (Suau et al., arXiv 1807.10585), by its authors' package dnikit, in a
 * private folder of the per-user cache.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { ROOT } from '../../../setup/lib/paths.mjs'
import { pythonWith } from '../../pythonWith.mjs'
import { keptOnly, openGroups } from '../folds.mjs'

const SCRIPT = path.join(ROOT, 'bench', 'advice', 'pfa', 'pfa.py')
/** Training examples whose responses are analysed, and how many go through the network at once. */
const EXAMPLES = 4000
const BATCH = 250
/** Layers without a width of their own, behind which a layer's response is taken. */
const FOLLOWED = ['BatchNormalization', 'ReLU', 'Add']

/**
 * @typedef {import('../network/network.mjs').Network} Network
 * @typedef {import('../network/network.mjs').Fold} Fold
 * @typedef {{ what: string, widths: Map<string, number>, fold: Fold, units?: string }} Control
 * @typedef {Record<string, Record<string, number[]>>} Choices units that are kept by group, by strategy of choosing them
 */

/**
 * PFA-En with as many parameters at most, and PFA-KL with as many as it has; each with its own units, by the strategy
 * whose network has the least loss on the examples that decide, and with its widths only.
 * @param {Network} network @param {Record<string, Fold>} folds @param {number} parameters
 * @param {(text: string) => void} report @returns {Promise<Control[]>}
 */
export async function pfaControls(network, folds, parameters, report) {
  const python = await pythonWith('dnikit', ['dnikit==2.0.0', 'numpy<2'], report)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-pfa-'))
  try {
    const responses = writeResponses(network, folder)
    const ask = (/** @type {number | null} */ energy) => {
      const input = JSON.stringify({ responses, energy })
      const options = { input, env: { ...process.env, ...python.env }, encoding: /** @type {const} */ ('utf8') }
      const { stdout, stderr, status } = spawnSync(python.command, [...python.args, SCRIPT], {
        ...options,
        maxBuffer: 1e9,
      })
      if (status !== 0) throw new Error(`dnikit failed: ${stderr}`)
      return JSON.parse(stdout)
    }
    /** @type {{ share: number, widths: Record<string, number> }[]} */
    const shares = ask(null).energy
    const fits = shares.filter(({ widths }) => network.parameters(new Map(Object.entries(widths))) <= parameters)
    /** @type {Record<string, Choices>} */
    const found = ask((fits.at(-1) ?? shares[0])?.share ?? 0)
    return Object.entries(found).flatMap(([name, choices]) => controlsOf(name, choices, network, folds))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string} name @param {Choices} choices @param {Network} network @param {Record<string, Fold>} folds @returns {Control[]} */
function controlsOf(name, choices, network, folds) {
  const own = Object.entries(choices).map(([units, kept]) => {
    const widths = new Map(Object.entries(kept).map(([group, own]) => [group, own.length]))
    const fold = keptOnly(network, ({ id }) => kept[id] ?? [])
    return { units, widths, fold, loss: network.narrowedValue(widths, fold, 'decides').loss }
  })
  const [best] = own.sort((a, b) => a.loss - b.loss)
  if (!best) throw new Error('dnikit has no strategy of choosing units')
  const { units, widths, fold } = best
  return [
    { what: `${name}, own units`, widths, fold, units },
    { what: `${name}, folded`, widths, fold: /** @type {Fold} */ (folds.chosen) },
  ]
}

/**
 * Writes what each group's last layer responds with, behind normalisation and activation; maps and sequences by their
 * maximum, as PFA's authors do with maps.
 * @param {Network} network @param {string} folder
 */
function writeResponses(network, folder) {
  const { model, split } = network
  const groups = openGroups(network)
  const outputs = groups.map(({ layers }) => {
    const own = model.layers.filter(({ name }) => layers.includes(name)).at(-1)
    if (!own) throw new Error(`no layer is named ${layers.join(' or ')}`)
    return responseOf(own)
  })
  const probe = tf.model({ inputs: model.inputs, outputs })
  const xs = split.train.xs.slice(0, Math.min(EXAMPLES, split.train.xs.shape[0] ?? 0))
  return Object.fromEntries(
    groups.map(({ id }, index) => {
      const response = tf.tidy(() => {
        const batches = []
        for (let from = 0; from < (xs.shape[0] ?? 0); from += BATCH) {
          const batch = xs.slice(from, Math.min(BATCH, (xs.shape[0] ?? 0) - from))
          const response = /** @type {tf.Tensor[]} */ ([probe.apply(batch)].flat())[index]
          if (!response) throw new Error(`${id} has no response`)
          const places = response.shape.map((_, axis) => axis).slice(1, -1)
          batches.push(places.length > 0 ? response.max(places) : response)
        }
        return tf.concat(batches)
      })
      const file = path.join(folder, `${index}.bin`)
      writeFileSync(file, /** @type {Float32Array} */ (response.dataSync()))
      response.dispose()
      return [id, { file, columns: response.shape[1] }]
    }),
  )
}

/** @param {tf.layers.Layer} layer @returns {tf.SymbolicTensor} */
function responseOf(layer) {
  const nodes = /** @type {any} */ (layer).outboundNodes
  const next = nodes.length === 1 ? nodes[0].outboundLayer : null
  if (next && FOLLOWED.includes(next.getClassName())) return responseOf(next)
  return /** @type {tf.SymbolicTensor} */ (layer.output)
}
