import { number, pluralise } from '../../presentation/numbers.ts'
import { PROVISIONAL_NOTE, shareCell } from '../../presentation/provisional.ts'
import type { FileMeasurement } from './fileMeasurement.ts'
import { plainTable } from '../console/plainTable.ts'

/** Measurements as a table with a line per file and delta, and below it what the marks mean. */
export function renderMeasurements(measured: readonly FileMeasurement[]): string {
  const table = plainTable(
    [
      ['File', 'left'],
      ['Observations', 'right'],
      ['Delta', 'right'],
      ['Saturation', 'right'],
      ['k / width', 'right'],
      ['Effective rank', 'right'],
      ['Trace', 'right'],
      ['Status', 'left'],
    ],
    measured.map((m) => [
      m.file,
      number(m.observations),
      String(m.delta),
      shareCell(m),
      `${m.k} / ${m.width}`,
      m.effectiveRank === null ? '–' : m.effectiveRank.toFixed(1),
      m.trace === null ? '–' : m.trace.toPrecision(4),
      statusWords(m),
    ]),
  )
  return measured.some((m) => m.provisional && m.saturation !== null) ? `${table}\n${PROVISIONAL_NOTE}` : table
}

function statusWords({ status, rejected }: FileMeasurement): string {
  switch (status) {
    case 'ok':
      return 'ok'
    case 'constant':
      return 'constant: no feature varies'
    case 'tooFew':
      return 'too few: two observations are needed'
    case 'nonFinite':
      return `NaN or infinity in ${pluralise(rejected, 'observation')}, left out`
  }
}
