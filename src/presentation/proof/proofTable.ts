import type { Proof } from '../../protocol/proof.ts'
import { flops, number } from '../numbers.ts'
import type { TableCells } from './tableCells.ts'
import { metricDifference, metricValue, planInterval, planSaving } from './proofWords.ts'

/** Gives the name of the layer with an id, as the person's code has it. */
type NameOf = (id: string) => string

/** A function that names these layers; others keep their id. */
export function namesOf(layers: readonly { id: string; name: string }[]): NameOf {
  const names = new Map(layers.map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}

/** The plans of a proof, their cost and their value first, then the widths of each group of layers. */
export function proofTable(proof: Proof, nameOf: NameOf): TableCells {
  const { plans, groups } = proof
  const row = (name: string, now: string, each: (plan: Proof['plans'][number]) => string) => [
    name,
    now,
    ...plans.map(each),
  ]
  return {
    head: ['', 'now', ...plans.map(({ tolerance }) => tolerance)],
    rows: [
      row('parameters', number(proof.parameters), ({ parameters }) => number(parameters)),
      row('', '', (plan) => planSaving(proof, plan)),
      ...(proof.flops === undefined
        ? []
        : [row('FLOPs', flops(proof.flops), (plan) => (plan.flops === undefined ? '–' : flops(plan.flops)))]),
      row(proof.metric, metricValue(proof, proof.value), ({ value }) => metricValue(proof, value)),
      row(proof.isShare ? 'points' : 'difference', '', ({ value }) =>
        metricDifference(proof, value === null || proof.value === null ? null : value - proof.value),
      ),
      row('95 % interval', '', (plan) => planInterval(proof, plan)),
      ...groups
        .filter(({ kept }) => kept === null)
        .map(({ layers, width }) =>
          row(layers.map(nameOf).join(' + '), number(width), ({ widths }) => number(widths[layers[0]!] ?? width)),
        ),
    ],
  }
}

/** The groups that stay as they are, each with its reason: `lstm_1 is kept wide: …`. */
export function keptWide({ groups }: Proof, nameOf: NameOf): string[] {
  return groups.flatMap(({ layers, kept }) =>
    kept === null ? [] : [`${layers.map(nameOf).join(', ')} ${layers.length === 1 ? 'is' : 'are'} kept wide: ${kept}.`],
  )
}
