import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { percent } from '../../advice/verdict.ts'
import { chosenOptions } from '../../protocol/measureOptions.ts'
import { samplingWords } from '../../presentation/sampling.ts'
import type { Colors } from '../console/colors.ts'
import { fitMiddle } from '../console/truncate.ts'
import { plainTable, type Column } from '../console/plainTable.ts'
import { PROVISIONAL_NOTE, shareCell } from '../../report/provisional.ts'
import type { Report, ReportRow } from '../../report/report.ts'

const LONGEST_NAME = 40
/** What a person wants to know the version of; --json has all. */
const VERSIONS = ['node', 'tfjs-node-gpu', 'tfjs-node', 'tfjs-core', 'saturation-inspector']

/** Milliseconds of training below which the monitor's start is most of what it took. */
const SHORTEST_SHARE = 2000

/**
 * The report as a person reads it: a table of the layers, and below it the run in a few lines.
 * @param columns room for the table, in characters
 */
export function renderReport(report: Report, colors: Colors, columns = Infinity): string {
  const { run, layers } = report
  const parts = layers.length > 0 ? [layerTable(report, colors, columns)] : []
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
  const chosen = run.measure ? chosenOptions(run.measure) : []
  if (chosen.length > 0) facts.push(`Measured with ${chosen.join(', ')}.`)
  if (run.overhead && run.overhead.trainingMs < SHORTEST_SHARE) {
    facts.push('Monitor: its share of so short a training says nothing.')
  } else if (run.overhead) {
    const thinned = samplingWords(run.overhead.sampling)
    const measuring = thinned === null ? '' : `, measuring ${thinned}`
    facts.push(`Monitor: ${percent(run.overhead.share)} of the training time${measuring}.`)
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

function layerTable({ run, layers }: Report, colors: Colors, columns: number): string {
  const cells: { column: Column; of: (row: LayerRows) => string }[] = [
    { column: ['Layer', 'left'], of: ({ layer }) => fitMiddle(layer.name, LONGEST_NAME) },
    { column: ['Kind', 'left'], of: ({ layer }) => layer.kind },
    { column: ['Line', 'left'], of: ({ layer }) => placeOf(layer, run.cwd) },
    { column: ['Train', 'right'], of: ({ train }) => shareCell(train) },
    { column: ['Eval', 'right'], of: (row) => shareCell(row.eval) },
    {
      column: ['k / width', 'right'],
      of: ({ layer }) => `${dimensions(layer)} / ${layer.width}`,
    },
    { column: ['Observations', 'right'], of: ({ layer }) => layer.observations.toLocaleString('en') },
    { column: ['Verdict', 'left'], of: ({ layer }) => paint(layer, colors) },
  ]
  const rows = byLayer(layers)
  // In a narrow terminal what can be done without goes, rather than every line breaking in two.
  const tables = [[], ['Kind'], ['Kind', 'Observations'], ['Kind', 'Observations', 'Line']].map((without) => {
    const kept = cells.filter(({ column }) => !without.includes(column[0]))
    return plainTable(
      kept.map(({ column }) => column),
      rows.map((row) => kept.map(({ of }) => of(row))),
    )
  })
  const table = tables.find((text) => widthOf(text) <= columns) ?? tables.at(-1)!
  const notes = [
    layers.some((row) => row.provisional && row.saturation !== null) ? PROVISIONAL_NOTE : null,
    layers.some(({ method }) => method === 'sketch')
      ? '≈ estimated from a sketch of the covariance, which is too wide for all its eigenvalues; in brackets what k lies between'
      : null,
  ].filter((note) => note !== null)
  return [table, ...notes.map(colors.dim)].join('\n')
}

function dimensions({ saturation, k, method, kLow, kHigh }: ReportRow): string {
  if (saturation === null) return '–'
  return method === 'sketch' ? `≈${k} (${kLow}–${kHigh})` : String(k)
}

function widthOf(table: string): number {
  return Math.max(...table.split('\n').map((line) => stripVTControlCharacters(line).length))
}

function placeOf({ file, line, column }: ReportRow, cwd: string): string {
  return file === null ? '' : `${path.relative(cwd, file)}:${line}:${column}`
}

/** A layer with its splits; `layer` is the train split where there is one. */
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
    case 'not trained':
      return colors.dim
  }
}
