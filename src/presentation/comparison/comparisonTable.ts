import type { ComparedNetwork, Comparison } from '../../comparison/compareRuns.ts'
import type { LayerChange, LayerFacts } from '../../comparison/layerChanges.ts'
import { verdictWord } from '../layer/verdictWord.ts'
import { flops as operations, number, percent } from '../numbers.ts'
import type { TableCells } from '../proof/tableCells.ts'
import { differenceWords, judgementWord, spreadValue, stepTime } from './comparisonWords.ts'

/** A column, and what it says of a network; left out where it says nothing of any. */
type Column = [head: string, of: (network: ComparedNetwork) => string]

/** The networks of a comparison, a row each: what each costs and how good it is. */
export function comparisonTable({ metric, networks }: Comparison): TableCells {
  const [first] = networks
  const columns: Column[] = [
    ['network', ({ name }) => name],
    ['runs', ({ runs }) => (networks.some((each) => each.runs > 1) ? number(runs) : '')],
    ['start', ({ inherits }) => (networks.every((each) => each.inherits === null) ? '' : startWord(inherits))],
    ...(metric
      ? ([
          [metric.name, ({ value }) => (value ? spreadValue(metric, value) : '')],
          ['difference', ({ difference }) => (difference ? differenceWords(metric, difference) : '')],
        ] satisfies Column[])
      : []),
    // A training that failed may have built no layer.
    ['parameters', ({ parameters }) => (parameters === 0 ? '' : number(parameters))],
    ['saved', (network) => (network === first ? '' : saved(first?.parameters ?? 0, network.parameters))],
    ['FLOPs', ({ flops }) => (flops === null ? '' : operations(flops))],
    ['per step', (network) => (network.stepMs ? stepTime(network.stepMs.mean) : '')],
    ['', remark],
  ]
  return filled(columns, networks)
}

/** The layers of a network beside those of the first one: what was, and what is now. */
export function layerChangeTable({ layers }: ComparedNetwork): TableCells {
  return filled<LayerChange>(
    [
      ['layer', ({ name }) => name],
      ['kind', ({ kind }) => kind],
      ['width', (layer) => change(layer, ({ width }) => (width === null ? '' : number(width)))],
      ['saturation', (layer) => change(layer, saturationWords)],
      ['verdict', (layer) => change(layer, ({ verdict }) => verdictWord(verdict, true))],
    ],
    layers,
  )
}

/** The networks whose layers can be shown beside those of the first. */
export function networksWithLayers({ networks }: Comparison): ComparedNetwork[] {
  return networks.filter(({ layers }) => layers.some(({ after }) => after !== null))
}

function startWord(inherits: string | null): string {
  return inherits === null ? 'from scratch' : 'inherited'
}

function saved(before: number, after: number): string {
  if (before === 0 || after === 0 || before === after) return ''
  return after < before ? percent(1 - after / before) : `${percent(after / before - 1)} more`
}

function remark({ failed, difference }: ComparedNetwork): string {
  if (failed !== null) return `failed: ${failed}`
  return difference ? judgementWord(difference) : ''
}

/** `320 → 104`, or one of them where both are alike or the other is missing. */
function change({ before, after }: LayerChange, of: (facts: LayerFacts) => string): string {
  const [was, is] = [before && of(before), after && of(after)]
  if (was === null) return `new: ${is}`
  if (is === null) return `${was} → gone`
  return was === is ? is : `${was || '–'} → ${is || '–'}`
}

function saturationWords({ saturation }: LayerFacts): string {
  return saturation === null ? '' : percent(saturation.mean)
}

/** The columns that say something of at least one row. */
function filled<Row>(columns: readonly [string, (row: Row) => string][], rows: readonly Row[]): TableCells {
  const cells = columns.map(([, of]) => rows.map(of))
  const kept = columns.map((_, i) => i).filter((i) => cells[i]!.some((cell) => cell !== ''))
  return { head: kept.map((i) => columns[i]![0]), rows: rows.map((_, row) => kept.map((i) => cells[i]![row]!)) }
}
