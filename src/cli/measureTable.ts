import { percent } from '../advice/verdict.ts'
import type { FileMeasurement } from './fileMeasurement.ts'
import { plainTable } from './plainTable.ts'

/** Measurements as a person reads them, one line per file and delta. */
export function renderMeasurements(measured: readonly FileMeasurement[]): string {
  return plainTable(
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
      m.saturation === null ? '–' : percent(m.saturation),
      `${m.k} / ${m.width}`,
      m.effectiveRank === null ? '–' : m.effectiveRank.toFixed(1),
      m.trace === null ? '–' : m.trace.toPrecision(4),
      statusWords(m),
    ]),
  )
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
      return `NaN or infinity in ${rejected.toLocaleString('en')} observations, left out`
  }
}
