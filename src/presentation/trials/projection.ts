import type { Projected, ProjectionCurve, ProjectionPoint } from '../../protocol/trials/projection.ts'
import { number } from '../numbers.ts'
import type { TableCells } from '../proof/tableCells.ts'

/** How a metric's value is written: a share as a percentage. */
export function metricValue({ isShare }: Pick<Projected, 'isShare'>, value: number | null): string {
  if (value === null) return 'NaN'
  return isShare ? `${(100 * value).toFixed(1)} %` : value.toPrecision(4)
}

/** `All layers together keep acc 97.2 % (97.3 % as they are) from delta 0.998 on, with 312 of 1,280 dimensions.` */
export function smallestDelta(projected: Projected, curve: ProjectionCurve): string {
  const { smallest, features, layer, points } = curve
  const who = layer ?? 'All layers together'
  const keep = layer === null ? 'keep' : 'keeps'
  const at = points.find(({ delta }) => delta === smallest)
  if (!at || smallest === 1)
    return `${who} ${layer === null ? 'lose' : 'loses'} more than the tolerance at every delta below 1 that was tried.`
  const { metric, plain } = projected
  const values = `${metric} ${metricValue(projected, at.metric)} (${metricValue(projected, plain.metric)} as it is)`
  return `${who} ${keep} ${values} from delta ${smallest} on, with ${number(at.dimensions)} of ${number(features)} dimensions.`
}

/** What was evaluated: on which examples, and what counts as lossless. */
export function describeProjection({ metric, tolerance, isShare, better, examples, source }: Projected): string {
  const worse = isShare ? `${Number((100 * tolerance).toPrecision(3))} points` : tolerance.toPrecision(3)
  const where = { validation: 'validation examples', evaluate: 'examples of evaluate', inputs: 'training examples' }
  return `${metric} on ${number(examples.reporting)} ${where[source]}; ${number(examples.deciding)} others decide whether it is at most ${worse} ${better === 'higher' ? 'lower' : 'higher'} than without projection (one-sided 95 % confidence).`
}

/** The point of a curve at a delta; null where it was not tried. */
export function pointAt(curve: ProjectionCurve | undefined, delta: number): ProjectionPoint | null {
  return curve?.points.find((point) => point.delta === delta) ?? null
}

/** The metric of all layers together by delta, one column for each basis; the last column marks what is lossless. */
export function projectionTable(projected: Projected): TableCells {
  const together = projected.curves.filter(({ layer }) => layer === null)
  const [first] = together
  return {
    head: ['delta', 'dimensions', ...together.map(({ basis }) => basis), ''],
    rows: (first?.points ?? []).map(({ delta, dimensions }) => [
      String(delta),
      `${number(dimensions)}/${number(first!.features)}`,
      ...together.map((curve) => {
        const point = pointAt(curve, delta)
        return point ? metricValue(projected, point.metric) : ''
      }),
      first!.smallest !== null && delta >= first!.smallest ? 'lossless' : '',
    ]),
  }
}

/** How far each layer, and all of them, can be projected onto eigenspaces, in sentences. */
export function smallestDeltas(projected: Projected): string[] {
  const curves = projected.curves.filter(({ basis }) => basis === 'eigenspace')
  return curves.map((curve) => smallestDelta(projected, curve))
}
