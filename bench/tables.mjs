import Table from 'cli-table3'
import { adviceTables } from './advice/table.mjs'

/** @typedef {import('./ratio.mjs').Ratio} Ratio */
/**
 * @typedef {object} Results
 * @property {{ cpu: string, cores: number, node: string, load: number }} machine with the load before the benchmark
 * @property {import('./overhead/overhead.mjs').Overhead[]} overhead
 * @property {import('./delve/delve.mjs').DelveOverhead[]} delve
 * @property {import('./exactness/exactness.mjs').Exactness | null} exactness
 * @property {{ numpy: string, times: import('./eigenvalues.mjs').EigenvalueTime[] } | null} eigenvalues
 * @property {import('./tracing.mjs').TracingTime | null} tracing
 * @property {import('./lenses.mjs').LensTime | null} lenses
 * @property {import('./advice/results.mjs').AdviceResult[]} advice
 * @property {string[]} missing parts that could not run, with the reasons
 */

/** Target of each model: the largest acceptable monitored / unmonitored training time. */
const TARGETS = { small: 1.03, vgg: 1.02, lstm: 1.03, mlp: 1.03, search: 1.1, 'small all': 1.1, 'vgg all': 1.06 }

/** Formats the results as tables for a terminal. @param {Results} results */
export function tables({ machine, overhead, delve, exactness, eigenvalues, tracing, lenses, advice, missing }) {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.toFixed(1)} at the start`,
  ]
  if (overhead.length > 0)
    lines.push(
      '',
      'Monitored / unmonitored training time: least and median of the pairs, and least time / least time',
      overheadTable(overhead),
    )
  if (delve.length > 0) lines.push('', 'The same shapes in PyTorch with delve', delveTable(delve))
  if (exactness) {
    const { checks, mismatches, reference } = exactness
    lines.push(
      '',
      `k of live runs against float64 (${reference}): ${mismatches.length} of ${checks} differ`,
      ...mismatches,
    )
  }
  if (eigenvalues)
    lines.push('', `Eigenvalues beside LAPACK (NumPy ${eigenvalues.numpy})`, eigenvalueTable(eigenvalues.times))
  if (tracing)
    lines.push('', 'Recording a step and finding the widths that it ties, ms of processor time', tracingTable(tracing))
  if (lenses) lines.push('', 'Finding the lenses of a long file, ms of processor time', lensTable(lenses))
  if (advice.length > 0) lines.push('', adviceTables(advice))
  for (const text of missing) lines.push('', `Not measured: ${text}`)
  return lines.join('\n')
}

/** @param {Results['overhead']} overhead */
function overheadTable(overhead) {
  const table = new Table({
    head: [
      'model',
      'rows',
      'ms/step',
      'wall',
      'CPU',
      'null wall',
      'null CPU',
      'target',
      'reported',
      'memory',
      'log/1,000 steps',
      'sampling',
    ],
    style: { head: [], border: [] },
  })
  for (const o of overhead) {
    const target = TARGETS[/** @type {keyof typeof TARGETS} */ (o.rows === 'all' ? `${o.model} all` : o.model)]
    table.push([
      o.model,
      [o.rows, ...o.options].join(' '),
      o.msPerStep.toFixed(1),
      formatRatio(o.time),
      formatRatio(o.cpu),
      formatRatio(o.nothing),
      formatRatio(o.nothingCpu),
      target ? `≤ ${target}` : '–',
      `${(100 * o.reported).toFixed(1)} %`,
      `${o.memoryMb.toFixed(0)} of ${o.memoryAllowedMb.toFixed(0)} MB`,
      `${(o.logBytesPer1000Steps / 1024).toFixed(0)} KiB`,
      o.sampling,
    ])
  }
  return table.toString()
}

/** @param {Results['delve']} delve */
function delveTable(delve) {
  const table = new Table({ head: ['model', 'ms/step', 'with / without delve'], style: { head: [], border: [] } })
  for (const { model, msPerStep, time } of delve) table.push([model, msPerStep.toFixed(1), formatRatio(time)])
  return table.toString()
}

/** @param {NonNullable<Results['eigenvalues']>['times']} times */
function eigenvalueTable(times) {
  const table = new Table({
    head: ['width', 'features', 'found', 'k at 0.99', 'columns', 'in float32', 'ours ms', 'LAPACK ms', 'ours / LAPACK'],
    style: { head: [], border: [] },
  })
  for (const { width, features, find, k, columns, singleColumns, ours, lapack, least, median } of times)
    table.push([
      ...[width, features, find, k, columns, singleColumns, ours.toFixed(2), lapack.toFixed(2)],
      `${least.toFixed(2)} · ${median.toFixed(2)}`,
    ])
  return table.toString()
}

/** @param {NonNullable<Results['tracing']>} tracing */
function tracingTable({ layers, operations, plain, traced, first, least }) {
  const table = new Table({
    head: ['layers', 'operations', 'plain step', 'recorded step', 'finding widths, first', 'finding widths, least'],
    style: { head: [], border: [] },
  })
  table.push([layers, operations, ...[plain, traced, first, least].map((ms) => ms.toFixed(1))])
  return table.toString()
}

/** @param {NonNullable<Results['lenses']>} lenses */
function lensTable({ lines, layers, first, again, typed, worst }) {
  const head = ['lines', 'layers', 'first', 'again, median', 'after a keystroke, median', 'longest']
  const table = new Table({ head, style: { head: [], border: [] } })
  table.push([lines, layers, ...[first, again, typed, worst].map((ms) => ms.toFixed(1))])
  return table.toString()
}

/** Formats all three numbers of a ratio. @param {Ratio} ratio */
function formatRatio({ min, median, best }) {
  return [min, median, best].map((value) => value.toFixed(3)).join(' · ')
}
