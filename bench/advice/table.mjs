import Table from 'cli-table3'
import { median } from '../ratio.mjs'
import { MODELS } from './models.mjs'

/** @typedef {import('./advice.mjs').AdviceResult} AdviceResult */

/** @param {AdviceResult[]} results */
export function adviceTables(results) {
  return [
    'Networks narrowed along the path; points of the metric against the wide network, one number for each seed',
    pathTable(results),
    '',
    'Controls with as many parameters; medians over models and seeds, and the worst',
    controlTable(results),
  ].join('\n')
}

/** @param {AdviceResult[]} results */
function pathTable(results) {
  const table = new Table({
    head: [
      'model',
      'metric',
      'wide on',
      'T',
      'saved %',
      'before training',
      'inherited',
      'from scratch',
      'selection CPU s',
      'candidates',
    ],
    style: { head: [], border: [] },
  })
  for (const [model, { title }] of Object.entries(MODELS)) {
    const own = results.filter((each) => each.model === model)
    for (const tolerance of new Set(own.flatMap((each) => (each.what === 'path' ? [each.tolerance] : [])))) {
      const at = (/** @type {string} */ what) =>
        own.filter((each) => each.what === what && each.tolerance === tolerance)
      table.push([
        title,
        each(of(own, 'wide'), ({ value }) => value),
        each(of(own, 'wide on'), (result) => against(results, result, result.value)),
        tolerance,
        each(
          at('path'),
          (result) => 100 * (1 - (result.parameters ?? NaN) / (wideOf(results, result).parameters ?? NaN)),
          0,
        ),
        each(at('path'), (result) => against(results, result, result.cold)),
        each(at('inherited'), (result) => against(results, result, result.value)),
        each(at('scratch'), (result) => against(results, result, result.value)),
        each(at('path'), ({ seconds }) => seconds),
        each(at('path'), ({ candidates }) => candidates, 0),
      ])
    }
  }
  return table.toString()
}

/** @param {AdviceResult[]} results */
function controlTable(results) {
  const table = new Table({
    head: [
      'widths and units',
      'models × seeds',
      'before training',
      'inherited',
      'worst inherited',
      'path better or equal',
    ],
    style: { head: [], border: [] },
  })
  const controls = new Set(
    results.flatMap(({ what, cold, value }) => (cold !== undefined && value !== undefined ? [what] : [])),
  )
  const ours = results.filter(({ what, tolerance }) => what === 'inherited' && tolerance === 1)
  for (const what of ['path', ...controls]) {
    const own = what === 'path' ? ours : of(results, what)
    if (own.length === 0) continue
    const cold = what === 'path' ? of(results, 'path').filter(({ tolerance }) => tolerance === 1) : own
    const points = own.map((result) => against(results, result, result.value))
    const better = own.filter((result) => {
      const path = ours.find(({ model, seed }) => model === result.model && seed === result.seed)
      return (path?.value ?? NaN) >= (result.value ?? NaN)
    })
    table.push([
      what,
      own.length,
      median(cold.map((result) => against(results, result, result.cold))).toFixed(1),
      median(points).toFixed(1),
      Math.min(...points).toFixed(1),
      `${better.length} of ${own.length}`,
    ])
  }
  return table.toString()
}

/** @param {AdviceResult[]} results @param {string} what */
const of = (results, what) => results.filter((each) => each.what === what)

/** @param {AdviceResult[]} results @param {AdviceResult} result @returns {Partial<AdviceResult>} */
function wideOf(results, { model, seed }) {
  return results.find((each) => each.what === 'wide' && each.model === model && each.seed === seed) ?? {}
}

/** Points against the wide network. @param {AdviceResult[]} results @param {AdviceResult} result @param {number} [value] */
function against(results, result, value) {
  return (value ?? NaN) - (wideOf(results, result).value ?? NaN)
}

/** @param {AdviceResult[]} results @param {(result: AdviceResult) => number | undefined} value @param {number} [digits] */
function each(results, value, digits = 1) {
  return results.map((result) => (value(result) ?? NaN).toFixed(digits)).join(' / ')
}
