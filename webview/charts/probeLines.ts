import { findTail, type ProbedNetwork } from '../../src/comparison/contribution/tail.ts'
import { scoreWords } from '../../src/presentation/trials/probe.ts'
import { faded, type Theme } from '../ui/theme.ts'
import type { Line } from './lineChart.ts'

type Values = readonly (number | null)[]

/** The curves of probes and saturation over the layers, and the entries of their legend. */
export function probeLines(network: ProbedNetwork, theme: Theme): { lines: Line[]; legend: Line[] } {
  const { layers, metric, own } = network
  const tail = findTail(network)
  const begin = layers.length - (tail?.kind === 'tail' ? tail.layers.length : 0)
  const x = layers.map((_, at) => at)
  const thin = (key: string, name: string, values: Values, color: string): Line => {
    return { key, name, series: { x, y: [...values] }, color, thickness: 1 }
  }
  const curve = (name: string, values: Values, color: string): Line[] => {
    const strong = { ...thin(name, name, values, color), thickness: 2, points: true }
    const before = values.map((value, at) => (at < begin ? value : null))
    const within = values.map((value, at) => (at >= begin - 1 ? value : null))
    const pale = { ...strong, key: `${name} tail`, series: { x, y: within }, color: faded(color, 0.4) }
    const outside = { ...strong, series: { x, y: before }, onTop: true }
    return begin < layers.length ? [outside, pale] : [outside]
  }
  const [blue, yellow] = [theme.palette[0] ?? theme.foreground, theme.palette[1] ?? theme.foreground]
  const probe = curve(
    `${metric} of the probe`,
    layers.map(({ value }) => value),
    blue,
  )
  const saturation = curve(
    'saturation',
    layers.map((layer) => layer.saturation),
    yellow,
  )
  const grey = faded(theme.muted, 0.7)
  const bounds = [0, 1].map((end) => {
    const values = layers.map(({ interval }) => interval[end as 0 | 1])
    return thin(`interval ${end}`, end === 0 ? 'interval from' : 'interval to', values, grey)
  })
  const itself = `${metric} of the network itself`
  const asItIs = own
    ? [
        {
          ...thin(
            'own',
            itself,
            layers.map(() => own.value),
            theme.muted,
          ),
          dashed: true,
        },
      ]
    : []
  const legend = [
    probe[0]!,
    saturation[0]!,
    ...probe.slice(1).map((line) => ({ ...line, name: 'paler: the tail' })),
    { ...bounds[0]!, name: '95 % interval' },
    ...asItIs.map((line) => ({ ...line, name: `${itself}: ${scoreWords(network, own?.value ?? null)}` })),
  ]
  return { lines: [...bounds, ...saturation.slice(1), ...probe.slice(1), saturation[0]!, probe[0]!, ...asItIs], legend }
}
