import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { detailOf, verdictWith } from '../../presentation/layer/detail.ts'
import { verdictWord } from '../../presentation/layer/verdictWord.ts'
import { settledWhen } from '../../presentation/layer/settlingRange.ts'
import { number } from '../../presentation/numbers.ts'
import { areEnough } from '../../run/sufficiency.ts'
import { DEPENDENT_NOTE, effectiveIfFewer, PROVISIONAL_NOTE, shareCell } from '../../presentation/provisional.ts'
import { fieldWords, sizesWords, UNPRODUCTIVE, UNPRODUCTIVE_NOTE } from '../../presentation/static/staticWords.ts'
import type { Report } from '../../report/report.ts'
import type { ReportRow } from '../../report/reportRow.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable, type Column } from '../console/plainTable.ts'
import { truncateMiddle } from '../console/truncate.ts'
import { verdictColor } from '../console/verdictColor.ts'

/** Characters of a layer's name at most. */
const MAX_NAME = 40
/** Characters that a layer's name keeps in the narrowest terminal. */
const MIN_NAME = 12
/** Columns to leave out, one set after the other, until the table fits the terminal. */
const LEFT_OUT = [
  [],
  ['Kind'],
  ['Kind', 'Sees'],
  ['Kind', 'Sees', 'Observations'],
  ['Kind', 'Sees', 'Observations', 'Line'],
]
const SKETCH_NOTE =
  '≈ estimated from a sketch of the covariance, which is too wide for all its eigenvalues; in brackets what k lies between'

/** Layers that a note below the table names at most. */
const MAX_NAMED = 6

/** Share of the training's steps that have to have passed since a window for its numbers to be called older. */
const MIN_AGE = 0.2
/** Layers whose k is above their limit that are explained below the table at most. */
const MAX_BEYOND = 3

/** A layer with its splits; `layer` is the train split where there is one. */
interface LayerRows {
  layer: ReportRow
  train?: ReportRow
  eval?: ReportRow
}

/**
 * The layers of a report as a table with a line for each, and below it what the marks in it mean.
 * @param columns characters that a line may take; a line with a long verdict may take more
 */
export function layerTable({ run, layers }: Report, colors: Colors, columns: number): string {
  const rows = byLayer(layers)
  const tableOf = (leftOut: readonly string[], maxName = MAX_NAME): string => {
    const cells: { column: Column; of: (row: LayerRows) => string }[] = [
      { column: ['Layer', 'left'], of: ({ layer }) => truncateMiddle(layer.name, maxName) },
      { column: ['Kind', 'left'], of: ({ layer }) => layer.kind },
      { column: ['Line', 'left'], of: ({ layer }) => placeOf(layer, run.cwd) },
      { column: ['Train', 'right'], of: ({ train }) => shareCell(train) },
      { column: ['Eval', 'right'], of: (row) => shareCell(row.eval) },
      { column: ['k / width', 'right'], of: ({ layer }) => `${dimensionsOf(layer)} / ${number(layer.width)}` },
      { column: ['Observations', 'right'], of: ({ layer }) => observationsCell(layer) },
      { column: ['Sees', 'right'], of: ({ layer }) => seenCell(layer) },
      { column: ['Verdict', 'left'], of: ({ layer }) => verdictCell(layer, run.how !== null, colors) },
    ]
    const seen = rows.some(({ layer }) => layer.receptiveField?.min.some((size) => size !== null))
    const kept = cells.filter(({ column }) => !leftOut.includes(column[0]) && (seen || column[0] !== 'Sees'))
    return plainTable(
      kept.map(({ column }) => column),
      rows.map((row) => kept.map(({ of }) => of(row))),
    )
  }
  const tables = LEFT_OUT.map((leftOut) => tableOf(leftOut))
  const narrowest = tables.at(-1) ?? ''
  const shorterName = Math.max(MIN_NAME, longestName(rows) - Math.max(0, widthOf(narrowest) - columns))
  const table = tables.find((text) => widthOf(text) <= columns) ?? tableOf(LEFT_OUT.at(-1) ?? [], shorterName)
  const marked = layers.filter((row) => row.provisional && row.saturation !== null)
  const provisionalNote = marked.some((row) => isDependent(row)) ? DEPENDENT_NOTE : PROVISIONAL_NOTE
  const notes = [
    marked.length > 0 ? provisionalNote : null,
    layers.some(({ method }) => method === 'sketch') ? SKETCH_NOTE : null,
    seesNote(layers, table),
    settledNote(run, layers),
    behindNote(layers),
    olderNote(layers),
    ...beyondNotes(layers),
    earlierNote(layers),
  ].filter((note) => note !== null)
  return [table, ...notes.map(colors.dim)].join('\n')
}

/** What a layer sees of the input: `14`, or `19 to 35`, with a mark if it is predicted to add little. */
function seenCell({ receptiveField: field }: ReportRow): string {
  if (!field) return '–'
  const sizes = (of: readonly (number | null)[]) => of.map((size) => size ?? Infinity)
  return `${fieldWords({ min: sizes(field.min), max: sizes(field.max) })}${field.unproductive ? UNPRODUCTIVE : ''}`
}

/** Of which input the receptive fields are, and what the mark means; null where the table has none. */
function seesNote(rows: readonly ReportRow[], table: string): string | null {
  if (!/ Sees /.test(table.split('\n')[0] ?? '')) return null
  const inputs = new Set(
    rows.flatMap(({ receptiveField: field }) =>
      field ? [sizesWords(field.input.map((size) => size ?? Infinity))] : [],
    ),
  )
  const note = `Sees: the receptive field, of an input of ${[...inputs].join(' or ')}`
  return rows.some(({ receptiveField: field }) => field?.unproductive) ? `${note}; ${UNPRODUCTIVE_NOTE}` : note
}

function observationsCell({ observations, effectiveObservations }: ReportRow): string {
  const fewer = effectiveIfFewer(observations, effectiveObservations)
  return fewer === null ? number(observations) : `${number(observations)} (${fewer})`
}

/** Whether a row lacks only independent observations. */
function isDependent({ observations, width, effectiveObservations }: ReportRow): boolean {
  return areEnough(observations, width) && !areEnough(observations, width, effectiveObservations)
}

/** A person reads one line per layer: the splits of one layer share it. */
function byLayer(rows: readonly ReportRow[]): LayerRows[] {
  const layers = new Map<string, LayerRows>()
  for (const row of rows) {
    const entry = layers.get(row.id) ?? { layer: row }
    entry[row.split] = row
    layers.set(row.id, entry)
  }
  return [...layers.values()]
}

/** Since when layers have settled: all together, or each. Null where none has. */
function settledNote({ settledSince }: Report['run'], rows: readonly ReportRow[]): string | null {
  if (settledSince) return `All layers have settled since ${settledWhen(settledSince)}`
  const settled = new Map<string, Set<string>>()
  for (const { name, settledSince: since } of rows) {
    if (!since) continue
    const when = settledWhen(since)
    settled.set(when, (settled.get(when) ?? new Set()).add(name))
  }
  const each = [...settled].map(([when, names]) => `${namedSome([...names])} since ${when}`)
  return each.length > 0 ? `Settled: ${each.join('; ')}` : null
}

/** Which layers are measured behind an activation layer; null where none is. */
function behindNote(rows: readonly ReportRow[]): string | null {
  const behind = new Map(rows.flatMap((row) => (row.measuredBehind === null ? [] : [[row.id, row]])))
  const pairs = [...behind.values()].map(({ name, measuredBehind }) => `${name} behind ${measuredBehind}`)
  if (pairs.length === 0) return null
  const more = pairs.length > MAX_NAMED ? `, and ${pairs.length - MAX_NAMED} more behind their activations` : ''
  return `Measured behind a separate activation: ${pairs.slice(0, MAX_NAMED).join(', ')}${more}`
}

/**
 * Of which layers the numbers are from steps long before the last ones; null where of none. Windows of different layers
 * end at different steps, which says nothing: only those that a fifth of the training has passed are named.
 */
function olderNote(rows: readonly ReportRow[]): string | null {
  const train = rows.flatMap(({ split, name, steps }) =>
    split === 'train' && steps ? [{ name, last: steps.last }] : [],
  )
  const end = Math.max(...train.map(({ last }) => last))
  const older = train.filter(({ last }) => last < (1 - MIN_AGE) * end)
  if (older.length === 0) return null
  const steps = [...new Set([Math.min, Math.max].map((bound) => number(bound(...older.map(({ last }) => last)))))]
  return `Older numbers: ${namedSome(older.map(({ name }) => name))} (until step ${steps.join('–')} of ${number(end)})`
}

/** Of layers whose k is above what feeds them: why. */
function beyondNotes(rows: readonly ReportRow[]): string[] {
  const beyond = rows.flatMap(({ name, beyondLimit: why }) => (why === null ? [] : [`${name}: ${why}`]))
  return beyond.slice(0, MAX_BEYOND)
}

/** Which numbers an earlier run has measured; null where none are. */
function earlierNote(rows: readonly ReportRow[]): string | null {
  const earlier = rows.filter(({ measuredIn }) => measuredIn !== null)
  const [first] = earlier
  if (!first) return null
  const isAll = earlier.length === rows.filter(({ split }) => split === 'train').length
  const which = isAll ? 'The numbers of the training' : `Those of ${earlier.map(({ name }) => name).join(', ')}`
  return `${which} were measured in ${first.measuredIn}, whose weights were put in`
}

function namedSome(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''
  return `${names.slice(0, MAX_NAMED).join(', ')}${more}`
}

function longestName(rows: readonly LayerRows[]): number {
  return Math.min(MAX_NAME, Math.max(...rows.map(({ layer }) => layer.name.length)))
}

function widthOf(table: string): number {
  return Math.max(...table.split('\n').map((line) => stripVTControlCharacters(line).length))
}

function placeOf({ file, line, column }: ReportRow, cwd: string): string {
  return file === null ? '' : `${path.relative(cwd, file)}:${line}:${column}`
}

function dimensionsOf({ saturation, k, method, kLow, kHigh, provisional }: ReportRow): string {
  if (saturation === null) return '–'
  // Bounds of what few observations show are no bounds of the layer.
  if (method === 'sketch' && provisional) return `≈ ${number(k)}`
  return method === 'sketch' ? `≈ ${number(k)} (${number(kLow)}–${number(kHigh)})` : number(k)
}

/** The verdict's word in its colour, and the advice in full. */
function verdictCell(layer: ReportRow, runEnded: boolean, colors: Colors): string {
  const word = verdictWord(layer.verdict, runEnded, layer.limitedBy)
  const cell = verdictWith(word, detailOf(layer))
  return verdictColor(layer.verdict, colors)(word) + cell.slice(word.length)
}
