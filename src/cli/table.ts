import path from 'node:path'
import type { createColors } from 'picocolors'
import { percent } from '../advice/verdict.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/observations.ts'
import { plainTable } from './plainTable.ts'
import type { Report, ReportRow } from './rows.ts'

/** Painters for a terminal, or the same without colour: picocolors' own type. */
export type Colors = ReturnType<typeof createColors>

/** What a person wants to know the version of; --json has all. */
const VERSIONS = ['node', 'tfjs-node-gpu', 'tfjs-node', 'tfjs-core', 'saturation-inspector']

/** The report as a person reads it: a table of the layers, and below it the run in a few lines. */
export function renderReport(report: Report, colors: Colors): string {
  const { run } = report
  const parts = report.layers.length > 0 ? [layerTable(report, colors)] : ['No layer was measured.']
  const reasons = new Map<string, string[]>()
  for (const { name, reason } of report.notMeasured) reasons.set(reason, [...(reasons.get(reason) ?? []), name])
  for (const [reason, names] of reasons) parts.push(colors.dim(`Not measured (${reason}): ${names.join(', ')}`))
  for (const { layer, message, advice, times } of run.problems) {
    const often = times > 1 ? ` (${times} times)` : ''
    parts.push(`${colors.yellow('!')} ${layer ? `${layer}: ` : ''}${message}${often} ${colors.dim(advice)}`.trimEnd())
  }
  parts.push(runLine(report))
  return parts.join('\n')
}

function runLine({ run }: Report): string {
  const facts = [run.message ?? 'The run has not ended, or its log was cut off.']
  if (run.overheadShare !== null) facts.push(`Monitor: ${percent(run.overheadShare)} of the training time.`)
  const versions = VERSIONS.filter((name) => run.versions[name]).map((name) => `${name} ${run.versions[name]}`)
  if (run.backend) versions.push(`backend ${run.backend}`)
  if (versions.length > 0) facts.push(`${versions.join(', ')}.`)
  return facts.join(' ')
}

function layerTable({ run, layers }: Report, colors: Colors): string {
  const rows = byLayer(layers).map(({ layer, train, eval: evaluation }) => [
    layer.name,
    layer.kind,
    layer.file === null ? '' : `${path.relative(run.cwd, layer.file)}:${layer.line}:${layer.column}`,
    share(train),
    share(evaluation),
    `${(train ?? layer).k} / ${layer.width}`,
    (train ?? layer).observations.toLocaleString('en'),
    paint(layer, colors),
  ])
  const table = plainTable(
    [
      ['Layer', 'left'],
      ['Kind', 'left'],
      ['Line', 'left'],
      ['Train', 'right'],
      ['Eval', 'right'],
      ['k / width', 'right'],
      ['Observations', 'right'],
      ['Verdict', 'left'],
    ],
    rows,
  )
  const provisional = layers.some((row) => row.provisional && row.saturation !== null)
  if (!provisional) return table
  return `${table}\n${colors.dim(`~ of fewer than ${OBSERVATIONS_PER_FEATURE} observations per feature`)}`
}

interface LayerRows {
  layer: ReportRow
  train?: ReportRow
  eval?: ReportRow
}

/** A person reads one line per layer: the splits of one layer follow each other. */
function byLayer(rows: readonly ReportRow[]): LayerRows[] {
  const layers = new Map<string, LayerRows>()
  for (const row of rows) {
    const entry = layers.get(row.id) ?? { layer: row }
    entry[row.split] = row
    layers.set(row.id, entry)
  }
  return [...layers.values()]
}

function share(row: ReportRow | undefined): string {
  if (!row || row.saturation === null) return '–'
  return `${row.provisional ? '~' : ''}${percent(row.saturation)}`
}

function paint(row: ReportRow, colors: Colors): string {
  const word = colorOf(row.verdict, colors)(row.verdict)
  return row.recommendedWidth === null ? word : `${word}, try ${row.recommendedWidth}`
}

/** The colour that goes with a verdict's word; the word always stands beside it. */
export function colorOf(verdict: ReportRow['verdict'], colors: Colors): (text: string) => string {
  switch (verdict) {
    case 'underused':
      return colors.yellow
    case 'crowded':
      return colors.magenta
    case 'dead':
    case 'non-finite':
      return colors.red
    case 'healthy':
      return colors.green
    case 'output':
    case 'provisional':
    case 'warming up':
    case 'not measured':
      return colors.dim
  }
}
