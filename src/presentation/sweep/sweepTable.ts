import type { Sweep, SweptNetwork } from '../../comparison/sweep/sweep.ts'
import type { Metric } from '../../run/metric.ts'
import { differenceWords, judgementWord, spreadValue, stepTime } from '../comparison/comparisonWords.ts'
import { flops, number, percent } from '../numbers.ts'
import type { TableCells } from '../proof/tableCells.ts'

/** Heads of the columns that hold words. */
export const SWEEP_WORD_COLUMNS = ['network', 'result']

/** The networks of a sweep, a row each. Columns that say nothing of any network are left out. */
export function sweepTable({ metric, networks }: Sweep): TableCells {
  const isRepeated = networks.some(({ runs }) => runs > 1)
  const columns: [head: string, of: (network: SweptNetwork) => string][] = [
    ['network', ({ name }) => name],
    ['runs', ({ runs }) => (isRepeated ? number(runs) : '')],
    ...(metric ? metricColumns(metric) : []),
    ['saturation', ({ profile }) => (profile.mean === null ? '' : percent(profile.mean))],
    ['evenness', ({ profile }) => (profile.evenness === null ? '' : percent(profile.evenness))],
    ['parameters', ({ parameters }) => (parameters === 0 ? '' : number(parameters))],
    ['FLOPs', (network) => (network.flops === null ? '' : flops(network.flops))],
    ['per step', (network) => (network.stepMs ? stepTime(network.stepMs.mean) : '')],
    ['memory', ({ peakBytes }) => (peakBytes === null ? '' : megabytes(peakBytes))],
    ['result', resultWords],
  ]
  const filled = columns.filter(([, of]) => networks.some((network) => of(network) !== ''))
  return { head: filled.map(([head]) => head), rows: networks.map((network) => filled.map(([, of]) => of(network))) }
}

function metricColumns(metric: Metric): [head: string, of: (network: SweptNetwork) => string][] {
  return [
    [metric.name, ({ value }) => (value ? spreadValue(metric, value) : '')],
    ['difference', ({ difference }) => (difference ? differenceWords(metric, difference) : '')],
  ]
}

/** What has become of a network: `better`, `within noise`, `failed: …`. */
export function resultWords({ how, reason, difference, peakBytes }: SweptNetwork): string {
  switch (how) {
    case 'completed':
      return difference ? judgementWord(difference) : ''
    case 'given up':
      return 'given up: it could not come back to the script as it is'
    case 'out of memory':
      return `out of memory${peakBytes === null ? '' : `: it took ${megabytes(peakBytes)}`}`
    case 'failed':
      return `failed: ${reason ?? 'for no known reason'}`
  }
}

function megabytes(bytes: number): string {
  return `${number(Math.round(bytes / 1e6))} MB`
}
