import path from 'node:path'
import Table from 'cli-table3'
import type { createColors } from 'picocolors'
import { percent } from '../advice/verdict.ts'
import type { Report, ReportRow } from './rows.ts'

/** Painters for a terminal, or the same without colour: picocolors' own type. */
export type Colors = ReturnType<typeof createColors>

/** The report as a person reads it: a table of the layers, and below it the run in a few lines. */
export function renderReport(report: Report, colors: Colors): string {
  const { run } = report
  const parts = report.layers.length > 0 ? [layerTable(report, colors)] : ['No layer was measured.']
  const reasons = new Map<string, string[]>()
  for (const { name, reason } of report.notMeasured) reasons.set(reason, [...(reasons.get(reason) ?? []), name])
  for (const [reason, names] of reasons) parts.push(colors.dim(`Not measured: ${names.join(', ')}. ${reason}`))
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
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`)
  if (run.backend) versions.push(`backend ${run.backend}`)
  if (versions.length > 0) facts.push(`${versions.join(', ')}.`)
  return facts.join(' ')
}

function layerTable({ run, layers }: Report, colors: Colors): string {
  const blank = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
      .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
      .map((name) => [name, '']),
  )
  const table = new Table({
    head: ['Layer', 'Kind', 'Line', 'Split', 'Saturation', 'k / width', 'Observations', 'Verdict'],
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'left'],
    chars: { ...blank, middle: '  ' },
    // Colours are painted below, by the stream's own ability and not by cli-table3's guess.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of layers) {
    table.push([
      row.name,
      row.kind,
      row.file === null ? '' : `${path.relative(run.cwd, row.file)}:${row.line}:${row.column}`,
      row.split,
      row.saturation === null ? '–' : percent(row.saturation),
      `${row.k} / ${row.width}`,
      row.observations.toLocaleString('en'),
      paint(row, colors),
    ])
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
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
