import {
  findTail,
  LOW_SHARE,
  MIN_GAIN,
  type Contribution,
  type ProbedNetwork,
} from '../../comparison/contribution/tail.ts'
import type { Probed, ProbedLayer, ProbeScore } from '../../protocol/trials/probe.ts'
import { duration, number, percent, pluralise } from '../numbers.ts'
import type { TableCells } from '../proof/tableCells.ts'

/** The heading of the chart, and of the table. */
export const PROBE_HEADING = 'Probes over saturation, layer by layer'

/** How a probe's quality is written: an accuracy as a percentage, R² as a number. */
export function scoreWords({ metric }: Pick<Probed, 'metric'>, value: number | null): string {
  if (value === null) return 'NaN'
  return metric === 'accuracy' ? `${(100 * value).toFixed(1)} %` : value.toFixed(3)
}

/** What was done, in sentences. */
export function describeProbe(probe: ProbedNetwork): string {
  const { metric, outputs, examples, source, layers, tolerance } = probe
  const what =
    metric === 'accuracy'
      ? `multinomial logistic regression with L2 on ${pluralise(outputs, 'class', 'classes')}`
      : `ridge regression on ${pluralise(outputs, 'value')}`
  const where = {
    validation: 'validation examples',
    evaluate: 'examples of evaluate',
    inputs: 'examples of the training that were held out',
  }[source]
  const pooled = [...new Set(layers.flatMap(poolingWords))]
  return [
    `${what[0]!.toUpperCase()}${what.slice(1)}, trained on ${number(trainedOn(probe))} examples of the training until no component of the gradient is above ${tolerance}; ${metric} on ${number(examples.testing)} ${where}.`,
    ...(pooled.length > 0 ? [`Features are ${pooled.join('; ')}, and standardised.`] : []),
  ].join(' ')
}

/** The most examples of the training that a probe was trained on. */
function trainedOn({ layers, examples }: ProbedNetwork): number {
  return layers.length > 0 ? Math.max(...layers.map((layer) => layer.examples)) : examples.training
}

function poolingWords({ pooling, windows }: ProbedLayer): string[] {
  if (pooling === 'time') return ['means over time of sequences']
  return pooling === 'positions' ? [`means over ${windows.join(' × ')} windows of maps`] : []
}

/** Layers with saturation and the probe's quality; the last row is the network itself. */
export function probeTable(probe: ProbedNetwork): TableCells {
  const tail = findTail(probe)
  const inTail = new Set(tail?.kind === 'tail' ? tail.layers.map(({ layer }) => layer) : [])
  return {
    head: ['layer', 'features', 'saturation', probe.metric, '95 % interval', ''],
    rows: [
      ...probe.layers.map((one) => [
        one.name,
        number(one.features),
        one.saturation === null ? '' : percent(one.saturation),
        scoreWords(probe, one.value),
        intervalWords(probe, one),
        [inTail.has(one.layer) ? 'tail' : '', one.converged ? '' : 'not converged'].filter(Boolean).join(', '),
      ]),
      ...(probe.own
        ? [['the network itself', '', '', scoreWords(probe, probe.own.value), intervalWords(probe, probe.own), '']]
        : []),
    ],
  }
}

function intervalWords(probe: Pick<Probed, 'metric'>, { interval: [low, high] }: ProbeScore): string {
  return `${scoreWords(probe, low).replace(/ %$/, '')}–${scoreWords(probe, high)}`
}

/** What saturation and probes say of the last layers, in sentences; empty until all layers are probed. */
export function tailWords(probe: ProbedNetwork): string[] {
  const found = findTail(probe)
  if (!found) return []
  const { kind, border, layers, highest } = found
  const gain = probe.metric === 'accuracy' ? `${100 * MIN_GAIN} point` : String(MIN_GAIN)
  if (kind === 'unknown') {
    const without = [...layers.map(({ name }) => name), ...probe.late].join(', ')
    return [
      `No tail can be told: in ${duration(1000 * probe.seconds)} there was no converged probe of ${without}. Probe again with the weights of this run, which goes on with these layers, or allow more --seconds.`,
    ]
  }
  if (kind === 'rising')
    return [
      `No tail: the probe of ${border.name}, the last probed layer, is still better by ${gain} and more than noise.`,
    ]
  const own = probe.own ? `; the network itself ${scoreWords(probe, probe.own.value)}` : ''
  const flat = `Probes no longer rise behind ${border.name} (${scoreWords(probe, border.value)}${own}): no later one is better by ${gain} and more than noise.`
  const half = `${100 * LOW_SHARE} % of the largest saturation`
  if (kind === 'plateau')
    return [
      `No tail: ${flat.replace('Probes', 'probes')} But the saturation of ${nameList(layers)} does not stay below ${half}${highest === null ? '' : ` (${percent(highest)})`}.`,
    ]
  const most = Math.max(...layers.map(({ saturation }) => saturation ?? 0))
  return [
    `Tail: ${nameList(layers)}. ${flat} Saturation is at most ${percent(most)} from ${layers[0]!.name} on, below ${half} (${percent(highest ?? 0)}).`,
  ]
}

/** `dense_5`, `dense_5 and dense_6`, or `dense_3 to dense_8 (6 layers)`. */
function nameList(layers: readonly Contribution[]): string {
  const names = layers.map(({ name }) => name)
  return names.length > 2 ? `${names[0]} to ${names.at(-1)} (${names.length} layers)` : names.join(' and ')
}

/** What has to be known of the probes, in sentences. */
export function probeNotes({ notes, done, layers }: ProbedNetwork): string[] {
  return done ? notes : [...notes, `Not all layers are probed: ${layers.length} so far.`]
}
