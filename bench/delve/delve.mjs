/**
 * Measures the overhead of delve (https://github.com/delve-team/delve) in PyTorch, on models of the same shapes as
 * ours.
 */
import path from 'node:path'
import { ROOT } from '../../setup/lib/paths.mjs'
import { runPython } from '../../setup/tensorflow/python.mjs'
import { pythonWith } from '../pythonWith.mjs'
import { ratio } from '../ratio.mjs'

const SCRIPT = path.join(ROOT, 'bench', 'delve', 'watchedByDelve.py')

/** @typedef {{ model: string, msPerStep: number, time: import('../ratio.mjs').Ratio }} DelveOverhead */

/**
 * @param {number} rounds
 * @param {(text: string) => void} report
 * @returns {Promise<DelveOverhead[]>}
 * @throws {Error} when Python is missing, or PyTorch or delve cannot be installed
 */
export async function measureDelve(rounds, report) {
  const python = await pythonWith('delve', ['delve==0.1.50', 'torch', 'numpy'], report)
  const results = []
  for (const model of ['small', 'vgg']) {
    report(`delve: ${model}`)
    const output = await runPython(python, [SCRIPT, model, String(rounds)], { env: python.env, timeout: 1_800_000 })
    const { msPerStep, pairs } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
    results.push({ model, msPerStep, time: ratio(pairs) })
  }
  return results
}
