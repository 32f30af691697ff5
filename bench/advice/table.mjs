import Table from 'cli-table3'
import { median } from '../ratio.mjs'
import { MODELS } from './models.mjs'

/** @typedef {import('./results.mjs').AdviceResult} AdviceResult */

/** The step of the path whose widths the controls have. */
const CONTROLLED = 'T 1'
const STYLE = { head: [], border: [] }

/** @param {AdviceResult[]} results */
export function adviceTables(results) {
  return [
    'Networks narrowed along the path; points of the metric against the wide network, one number for each seed',
    pathTable(results),
    '',
    'The same, medians over models of the medians over seeds; and the worst model',
    summaryTable(results),
    '',
    'Controls with as many parameters (PFA-KL: with its own); medians, the worst, and path minus control over models × seeds',
    controlTable(results),
    '',
    'Narrowed after the first fifth of the epochs and trained to the end, against the wide network',
    earlyTable(results),
  ].join('\n')
}

/** @param {AdviceResult[]} results */
function pathTable(results) {
  const head = ['model', 'metric', 'wide on', 'at', 'saved %', 'before', 'inherited', 'scratch', 'time', 'candidates']
  const table = new Table({ head, style: STYLE })
  for (const [model, { title }] of Object.entries(MODELS)) {
    const own = results.filter((each) => each.model === model)
    for (const at of stepsOf(own)) {
      const path = of(own, 'path', at)
      table.push([
        title,
        each(of(own, 'wide'), ({ value }) => value),
        each(of(own, 'wide on'), (result) => against(own, result, result.value)),
        at,
        each(path, (result) => saved(own, result), 0),
        each(of(own, 'inherited', at), (result) => against(own, result, result.cold)),
        each(of(own, 'inherited', at), (result) => against(own, result, result.value)),
        each(of(own, 'scratch', at), (result) => against(own, result, result.value)),
        each(path, (result) => time(own, result), 2),
        each(path, ({ candidates }) => candidates, 0),
      ])
    }
  }
  return table.toString()
}

/** @param {AdviceResult[]} results */
function summaryTable(results) {
  const head = ['at', 'models', 'saved %', 'before', 'inherited', 'worst', 'against wide on', 'scratch', 'time']
  const table = new Table({ head, style: STYLE })
  for (const at of stepsOf(results)) {
    const path = of(results, 'path', at)
    const inherited = of(results, 'inherited', at)
    const gains = byModel(inherited, (result) => against(results, result, result.value))
    table.push([
      at,
      byModel(path, () => 0).length,
      median(byModel(path, (result) => saved(results, result))).toFixed(0),
      median(byModel(inherited, (result) => against(results, result, result.cold))).toFixed(1),
      median(gains).toFixed(1),
      Math.min(...gains).toFixed(1),
      median(byModel(inherited, (result) => (result.value ?? NaN) - valueOf(results, 'wide on', result))).toFixed(1),
      median(byModel(of(results, 'scratch', at), (result) => against(results, result, result.value))).toFixed(1),
      median(byModel(path, (result) => time(results, result))).toFixed(2),
    ])
  }
  return table.toString()
}

/** @param {AdviceResult[]} results */
function controlTable(results) {
  const head = ['widths and units', 'networks', 'saved %', 'before', 'inherited', 'worst', 'path − it', 'models better']
  const table = new Table({ head, style: STYLE })
  const controls = results.flatMap(({ what, at, cold }) => (at === CONTROLLED && cold !== undefined ? [what] : []))
  const path = of(results, 'path', CONTROLLED)
  const rows = [...new Set(['inherited', ...controls]), 'scratch', 'uniform widths, scratch']
  for (const what of rows) {
    const own = of(results, what, CONTROLLED)
    if (own.length === 0) continue
    const compared = what.includes('scratch') ? 'scratch' : 'inherited'
    const difference = (/** @type {AdviceResult} */ result) =>
      valueOf(results, compared, result, CONTROLLED) - (result.value ?? NaN)
    const models = byModel(own, difference)
    const parameters = own.some((each) => each.parameters !== undefined) ? own : path
    table.push([
      what === 'inherited' ? 'path' : what,
      own.length,
      median(parameters.map((result) => saved(results, result))).toFixed(0),
      own.some((each) => each.cold !== undefined)
        ? median(own.map((result) => against(results, result, result.cold))).toFixed(1)
        : '',
      median(own.map((result) => against(results, result, result.value))).toFixed(1),
      Math.min(...own.map((result) => against(results, result, result.value))).toFixed(1),
      withError(own.map(difference)),
      `${models.filter((mean) => mean > 0).length} of ${models.length}`,
    ])
  }
  return table.toString()
}

/** @param {AdviceResult[]} results */
function earlyTable(results) {
  const table = new Table({ head: ['model', 'wide', 'saved %', 'early', 'time', 'selection CPU s'], style: STYLE })
  for (const [model, { title }] of Object.entries(MODELS)) {
    const own = of(results, 'early').filter((each) => each.model === model)
    if (own.length === 0) continue
    table.push([
      title,
      each(own, ({ baseline }) => baseline),
      each(own, (result) => saved(results, result), 0),
      each(own, ({ value, baseline }) => (value ?? NaN) - (baseline ?? NaN)),
      each(own, (result) => result.time, 2),
      each(own, ({ seconds }) => seconds),
    ])
  }
  return table.toString()
}

/** @param {AdviceResult[]} results @param {string} what @param {string} [at] */
const of = (results, what, at) => results.filter((each) => each.what === what && (!at || each.at === at))

/** @param {AdviceResult[]} results */
const stepsOf = (results) => [...new Set(of(results, 'path').map(({ at = '' }) => at))].sort()

/** @param {AdviceResult[]} results @param {string} what @param {AdviceResult} like @param {string} [at] */
function found(results, what, { model, seed }, at) {
  return of(results, what, at).find((each) => each.model === model && each.seed === seed)
}

/** @param {AdviceResult[]} results @param {string} what @param {AdviceResult} like @param {string} [at] */
const valueOf = (results, what, like, at) => found(results, what, like, at)?.value ?? NaN

/** Points against the wide network. @param {AdviceResult[]} results @param {AdviceResult} result @param {number} [value] */
const against = (results, result, value) => (value ?? NaN) - valueOf(results, 'wide', result)

/** Per cent of the parameters. @param {AdviceResult[]} results @param {AdviceResult} result */
function saved(results, result) {
  return 100 * (1 - (result.parameters ?? NaN) / (found(results, 'wide', result)?.parameters ?? NaN))
}

/**
 * Processor time of the selection and the further training, as a share of the wide network's training.
 * @param {AdviceResult[]} results @param {AdviceResult} path
 */
function time(results, path) {
  const [all = NaN, further = NaN] = found(results, 'wide', path)?.epochs ?? []
  const wide = ((found(results, 'wide on', path)?.seconds ?? NaN) * all) / further
  return ((path.seconds ?? NaN) + (found(results, 'inherited', path, path.at)?.seconds ?? NaN)) / wide
}

/** Median over the seeds of each model; what was not measured is left out. @param {AdviceResult[]} results @param {(result: AdviceResult) => number} value */
function byModel(results, value) {
  const measured = results.filter((result) => !Number.isNaN(value(result)))
  const models = [...new Set(measured.map(({ model }) => model))]
  return models.map((model) => median(measured.filter((each) => each.model === model).map(value)))
}

/** Mean and two standard errors. @param {number[]} all */
function withError(all) {
  const values = all.filter((value) => !Number.isNaN(value))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return `${mean.toFixed(2)} ± ${(2 * Math.sqrt(squares / (values.length - 1) / values.length)).toFixed(2)}`
}

/** @param {AdviceResult[]} results @param {(result: AdviceResult) => number | undefined} value @param {number} [digits] */
function each(results, value, digits = 1) {
  return results.map((result) => (value(result) ?? NaN).toFixed(digits)).join(' / ')
}
