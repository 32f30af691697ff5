import type { ComparedWithExact, LayerWithExact } from '../../comparison/exact/compareWithExact.ts'
import { number, pluralise } from '../numbers.ts'
import type { TableCells } from '../proof/tableCells.ts'

/** The heading of the table. */
export const EXACT_HEADING = 'Online covariance against the exact one'

/** The heading of the chart. */
export const EXACT_CHART_HEADING = 'Saturation online and exact'

/** How far the online estimates are off, in a sentence. */
export function exactSummary({ layers }: ComparedWithExact): string {
  if (layers.length === 0) return 'No layer was compared.'
  const errors = layers.map(({ error }) => Math.abs(error.saturation.value))
  const mean = errors.reduce((sum, each) => sum + each, 0) / errors.length
  const most = errors.indexOf(Math.max(...errors))
  const points = (share: number) => `${(100 * share).toFixed(1)} points`
  if (layers.length === 1) return `The online saturation of ${layers[0]!.name} is off by ${points(mean)}.`
  return `The online saturation is off by ${points(mean)} on average over ${number(layers.length)} layers, by ${points(errors[most]!)} at most (${layers[most]!.name}).`
}

/** What was compared, in sentences. */
export function describeExact({ source, examples, given, delta, layers }: ComparedWithExact): string {
  const what = {
    training: 'inputs that the last epoch was trained with',
    validation: 'validation examples of fit, because no inputs of the training are known',
    evaluate: 'examples of evaluate, because no inputs of the training are known',
  }[source]
  const all = examples < given ? `the first ${number(examples)} of ${number(given)}` : `all ${number(examples)}`
  const [first] = layers
  const drawn =
    first && first.replicates > 0
      ? ` from ${number(first.replicates)} draws of ${pluralise(first.blocks, 'block')} of examples`
      : ''
  return (
    `Exact: all rows of ${all} ${what}, with the weights as they are at the end; k holds ${number(100 * delta)} % of the variance. ` +
    `Online: the rows that were sampled while the weights moved. The bands are 95 % basic bootstrap intervals${drawn}.`
  )
}

/** A row for each layer. */
export function exactCells({ layers }: ComparedWithExact): TableCells {
  return {
    head: ['Layer', 'Online', 'Exact', 'Error of k', 'Error of saturation', 'Rows online', 'Rows exact'],
    rows: layers.map((layer) => [
      layer.name,
      `${number(layer.online.k)}/${number(layer.width)}`,
      `${number(layer.exact.k)}${bandWords(layer.exact, number)}`,
      `${signed(layer.error.k.value, number)}${bandWords(layer.error.k, (value) => signed(value, number))}`,
      saturationWords(layer),
      number(layer.online.observations),
      number(layer.exact.observations),
    ]),
  }
}

function saturationWords({ error: { saturation } }: LayerWithExact): string {
  const points = (value: number) => signed(value, (size) => (100 * size).toFixed(1))
  return `${points(saturation.value)}${bandWords(saturation, points)} points`
}

/** ` (low to high)`; empty where no band is known. */
function bandWords(
  { low, high }: { low: number | null; high: number | null },
  words: (value: number) => string,
): string {
  return low === null || high === null ? '' : ` (${words(low)} to ${words(high)})`
}

function signed(value: number, words: (size: number) => string): string {
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${words(Math.abs(value))}`
}
