import type { FrontierRow, Rightsized } from '../../experiments/rightsized.ts'
import { stepTime } from '../../presentation/comparison/comparisonWords.ts'
import { duration, number, percent } from '../../presentation/numbers.ts'
import { metricDifference, metricValue } from '../../presentation/proof/proofWords.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable, type Column } from '../console/plainTable.ts'
import { reproduce } from './reproduce.ts'
import type { TrainedScript } from './trainings.ts'

const COLUMNS: readonly Column[] = [
  ['network', 'left'],
  ['parameters', 'right'],
  ['saved', 'right'],
  ['before training', 'right'],
  ['inherited', 'right'],
  ['from scratch', 'right'],
  ['per step', 'right'],
  ['training', 'right'],
  ['', 'left'],
]

/** The frontier as a table: what each network costs and how good it is, with one recommendation. */
export function renderFrontier(result: Rightsized, trained: TrainedScript, colors: Colors): string {
  const { metric, baseline, frontier, recommended, tolerance } = result
  const value = (of: number | null): string => (of === null ? '' : metricValue(metric, of))
  const wide = [
    ...['wide', number(baseline.parameters), '', '', '', value(baseline.value)],
    ...[milliseconds(baseline.stepMs), baseline.trainingMs === null ? '' : duration(baseline.trainingMs), ''],
  ]
  const rows = frontier.map((row) => [
    ...[row.name, number(row.parameters), percent(1 - row.parameters / baseline.parameters)],
    ...[value(row.value.beforeTraining), value(row.value.inherited), value(row.value.fromScratch)],
    ...[milliseconds(row.stepMs), row.trainingMs === null ? '' : duration(row.trainingMs), remark(row)],
  ])
  const limit = metricDifference(metric, tolerance).replace('+', '')
  return [
    colors.bold(`${metric.name} of narrower networks`),
    plainTable(COLUMNS, [wide, ...rows]),
    baseline.value === null
      ? colors.dim('The wide network was not trained to the end, so the narrower one cannot be compared with it.')
      : colors.dim(`A network holds that loses at most ${limit}${metric.isShare ? ' points' : ''}.`),
    recommended ? advice(recommended, trained, colors) : noAdvice(result),
  ].join('\n')
}

function remark({ holds, failed }: FrontierRow): string {
  if (failed !== null) return `failed: ${failed}`
  return holds === null ? '' : holds ? 'holds' : 'does not hold'
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
