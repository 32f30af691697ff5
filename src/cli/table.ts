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

/** Milliseconds of training below which the monitor's start is most of what it took. */
const SHORTEST_SHARE = 2000

/** The report as a person reads it: a table of the layers, and below it the run in a few lines. */
export function renderReport(report: Report, colors: Colors): string {
  const { run, layers } = report
  const parts = layers.length > 0 ? [layerTable(report, colors)] : []
  if (layers.length === 0 && run.problems.length === 0) parts.push('No layer was measured.')
  const reasons = new Map<string, string[]>()
  for (const { name, reason } of report.notMeasured) reasons.set(reason, [...(reasons.get(reason) ?? []), name])
  for (const [reason, names] of reasons) parts.push(colors.dim(`Not measured (${reason}): ${names.join(', ')}`))
  parts.push(...problemLines(run.problems, colors), runLine(report))
  return parts.join('\n')
}

/** Each problem in a line, and what to do once below those that it helps against. */
function problemLines(problems: Report['run']['problems'], colors: Colors): string[] {
  const byAdvice = new Map<string, string[]>()
  for (const { layer, message, advice, times } of problems) {
    const where = layer === null || message.includes(layer) ? '' : `${layer}: `
    const often = times > 1 ? ` (${times} times)` : ''
    byAdvice.set(advice, [...(byAdvice.get(advice) ?? []), `${colors.yellow('!')} ${where}${message}${often}`])
  }
  return [...byAdvice].flatMap(([advice, lines]) => (advice ? [...lines, `  ${colors.dim(advice)}`] : lines))
}

function runLine(report: Report): string {
  const { run } = report
  const facts = [endWords(report)]
  if (run.overhead && run.overhead.trainingMs >= SHORTEST_SHARE) {
    facts.push(`Monitor: ${percent(run.overhead.share)} of the training time.`)
  }
  const versions = VERSIONS.filter((name) => run.versions[name]).map((name) => `${name} ${run.versions[name]}`)
  if (run.backend) versions.push(`backend ${run.backend}`)
  if (versions.length > 0) facts.push(`${versions.join(', ')}.`)
  return facts.join(' ')
}

/** How the run ended, without what a problem above it has said already. */
function endWords({ run, layers }: Report): string {
  if (run.how === null) return 'The run has not ended, or its log was cut off.'
  const said = run.problems.some(({ layer, message }) => layer === null && run.message?.includes(message))
  if (run.how === 'failed' && said)
    return `The script failed${run.exitCode === null ? '' : ` with exit code ${run.exitCode}`}.`
  if (run.how === 'completed' && layers.length === 0 && run.problems.length > 0) return 'The script ended.'
  return run.message ?? ''
}

function layerTable({ run, layers }: Report, colors: Colors): string {
  const rows = byLayer(layers).map(({ layer, train, eval: evaluation }) => [
    layer.name,
    layer.kind,
    layer.file === null ? '' : `${path.relative(run.cwd, layer.file)}:${layer.line}:${layer.column}`,
    share(train),
    share(evaluation),
    `${(train ?? layer).saturation === null ? '–' : (train ?? layer).k} / ${layer.width}`,
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
