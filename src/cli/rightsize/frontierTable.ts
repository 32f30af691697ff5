import type { FrontierRow, Rightsized } from '../../experiments/rightsized.ts'
import { duration, flops, number, percent, pluralise } from '../../presentation/numbers.ts'
import { stepTime } from '../../presentation/comparison/comparisonWords.ts'
import { metricDifference, metricValue } from '../../presentation/proof/proofWords.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable, type Column } from '../console/plainTable.ts'
import { reproduce } from './reproduce.ts'
import type { TrainedScript } from './trainings.ts'

/** The frontier as a table: what each network costs and how good it is, with one recommendation. */
export function renderFrontier(result: Rightsized, trained: TrainedScript, colors: Colors): string {
  const { metric, baseline, frontier, recommended } = result
  const value = (of: number | null): string => (of === null ? '' : metricValue(metric, of))
  const time = (ms: number | null): string => (ms === null ? '' : duration(ms))
  const wide = [
    ...['wide', number(baseline.parameters), '', flopsOf(baseline.flops), '', '', value(baseline.value)],
    ...[milliseconds(baseline.stepMs), time(baseline.trainingMs), ''],
  ]
  const rows = frontier.map((row) => [
    ...[row.name, number(row.parameters), savedShare(row.parameters, baseline.parameters), flopsOf(row.flops)],
    ...[value(row.value.beforeTraining), value(row.value.inherited), value(row.value.fromScratch)],
    ...[milliseconds(row.stepMs), time(row.trainingMs), remark(row)],
  ])
  return [
    colors.bold(`${metric.name} of networks of other widths`),
    plainTable(...withoutEmpty(COLUMNS, [wide, ...rows])),
    colors.dim(limitOf(result)),
    recommended ? advice(recommended, trained, colors) : noAdvice(result),
  ].join('\n')
}

const COLUMNS: readonly Column[] = [
  ['network', 'left'],
  ['parameters', 'right'],
  ['saved', 'right'],
  ['FLOPs', 'right'],
  ['before training', 'right'],
  ['inherited', 'right'],
  ['from scratch', 'right'],
  ['per step', 'right'],
  ['training', 'right'],
  ['', 'left'],
]

/** A table without the columns that have no cell with text. */
function withoutEmpty(columns: readonly Column[], rows: readonly string[][]): [Column[], string[][]] {
  const isFull = (_: unknown, i: number): boolean => rows.some((row) => row[i] !== '')
  return [columns.filter(isFull), rows.map((row) => row.filter(isFull))]
}

function savedShare(parameters: number, before: number): string {
  return parameters > before ? `${percent(parameters / before - 1)} more` : percent(1 - parameters / before)
}

function flopsOf(count: number | null): string {
  return count === null ? '' : flops(count)
}

/** What a network may lose, and why that is. */
function limitOf({ metric, baseline, tolerance, noise }: Rightsized): string {
  if (baseline.value === null)
    return 'The wide network was not trained to the end, so the narrower one cannot be compared with it.'
  const limit = metricDifference(metric, tolerance).replace('+', '')
  const isNoise = noise !== null && noise.value >= tolerance
  const by =
    noise?.of === 'trainings'
      ? 'two trainings of the wide network differ by that much'
      : 'its last epochs differ by that much'
  return `A network holds that loses at most ${limit}${metric.isShare ? ' points' : ''}${isNoise ? `: ${by}` : ''}.`
}

function remark({ kind, holds, failed, stopped, epochs }: FrontierRow): string {
  if (failed !== null) return `failed: ${failed}`
  if (stopped !== null)
    return `ended after ${pluralise(epochs, 'epoch')}: ${stopped === 'time' ? 'the time was up' : 'it could not come back'}`
  if (holds === null) return ''
  if (kind === 'wider') return holds ? 'better' : 'no better'
  return holds ? 'holds' : 'does not hold'
}

function milliseconds(ms: number | null): string {
  return ms === null ? '' : stepTime(ms)
}

function advice(recommended: FrontierRow, trained: TrainedScript, colors: Colors): string {
  const widths = Object.entries(recommended.widths).map(([layer, width]) => `${layer} ${number(width)}`)
  return `Recommended: ${recommended.name}, ${widths.join(', ')}.\n  ${colors.bold(reproduce(recommended, trained))}`
}

function noAdvice({ frontier }: Rightsized): string {
  if (frontier.some(({ widths }) => Object.keys(widths).length === 0))
    return 'Nothing is recommended: no layer was steady when the network was to be narrowed, so it stayed wide.'
  return frontier.length === 0
    ? 'Nothing is recommended: the proof found no narrower network that is worth a training.'
    : 'Nothing is recommended: no narrower network holds.'
}
