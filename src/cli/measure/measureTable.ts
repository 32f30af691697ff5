import { counted } from '../../presentation/count.ts'
import type { FileMeasurement } from './fileMeasurement.ts'
import { plainTable } from '../console/plainTable.ts'
import { PROVISIONAL_NOTE, shareCell } from '../../report/provisional.ts'

/** Measurements as a person reads them, one line per file and delta, and what a mark in it means. */
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
      m.observations.toLocaleString('en'),
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
      return `NaN or infinity in ${counted(rejected, 'observation')}, left out`
  }
}
