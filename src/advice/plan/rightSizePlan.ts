import { sizeOfWeight } from '../../model/weightSize.ts'
import type { WidthChange } from '../widthChange.ts'
import type { Plan, Proof, Tolerance } from '../../protocol/proof.ts'

/** Bytes of one parameter: TensorFlow.js trains in float32. */
const BYTES = 4
/** Numbers that a training with Adam keeps for each parameter: its value, its gradient's mean and its square's mean. */
const KEPT_BY_ADAM = 3

/** What a person wants: a plan that a proof has, or one within a budget of parameters or floating-point operations. */
export type Target = Tolerance | { parameters: number } | { flops: number }

/** Layers of one width that the plan makes narrower. */
export interface RightSizeRow {
  /** Index of the group in the proof. */
  group: number
  /** Ids of its layers. */
  layers: readonly string[]
  from: number
  to: number
  /** Whether it is part of what is to be changed. */
  chosen: boolean
  /** Parameters that the network would have if this row alone were changed; null where the proof does not tell. */
  parametersAlone: number | null
  /**
   * The metric when this group alone is as narrow, or a little narrower, on the examples that decide; null where that
   * was not tried.
   */
  valueAlone: number | null
}

/** A network and what it costs. */
export interface Cost {
  parameters: number
  /** Memory of the weights, in bytes. */
  weightBytes: number
  /** Memory of the weights and of Adam's state for them, in bytes. */
  trainingBytes: number
  /** Floating-point operations of the forward pass for an example; null where they are not known. */
  flops: number | null
}

/** The changes of one plan, of which rows may be left out. */
export interface RightSizePlan {
  tolerance: Tolerance
  rows: RightSizeRow[]
  before: Cost
  /** Of the chosen rows; null where some are left out and the proof does not tell what they cost. */
  after: Cost | null
  /** Whether all rows are chosen: only of these together something is proven. */
  isWhole: boolean
  /** The metric before and after, and the 95 % interval of the difference; null where rows are left out. */
  effect: { before: number | null; after: number | null; interval: Plan['interval'] } | null
}

/**
 * The plan of a proof as rows that can be taken out.
 * @param without indices of the groups that are taken out
 * @returns null where the proof has no plan for the target.
 */
export function rightSizePlan(
  proof: Proof,
  target: Target,
  without: ReadonlySet<number> = new Set(),
): RightSizePlan | null {
  const plan = planFor(proof, target)
  if (!plan) return null
  const changed = proof.groups.flatMap(({ layers, width: from, curve }, group) => {
    const to = plan.widths[layers[0] ?? ''] ?? from
    return to === from ? [] : [{ group, layers, from, to, curve }]
  })
  const rows = changed.map(({ curve, ...row }) => ({
    ...row,
    chosen: !without.has(row.group),
    parametersAlone: costWith(proof, new Map([[row.group, row.to]]))?.parameters ?? null,
    valueAlone: curve.filter(({ width }) => width <= row.to).reduce<Curve | null>(wider, null)?.value ?? null,
  }))
  const chosen = rows.filter((row) => row.chosen)
  const isWhole = chosen.length === rows.length
  return {
    tolerance: plan.tolerance,
    rows,
    before: costOf(proof),
    after: isWhole ? costOf(plan) : costWith(proof, new Map(chosen.map(({ group, to }) => [group, to]))),
    isWhole,
    effect: isWhole ? { before: proof.value, after: plan.value, interval: plan.interval } : null,
  }
}

/** Lists the changes of the chosen rows. */
export function chosenChanges({ rows }: RightSizePlan): WidthChange[] {
  return rows.flatMap(({ layers, from, to, chosen }) => (chosen ? layers.map((layer) => ({ layer, from, to })) : []))
}

type Curve = Proof['groups'][number]['curve'][number]

function wider(a: Curve | null, b: Curve): Curve {
  return a && a.width >= b.width ? a : b
}

/** The plan of a tolerance; for a budget the largest network within it. */
function planFor({ plans }: Proof, target: Target): Plan | null {
  if (typeof target === 'string') return plans.findLast(({ tolerance }) => tolerance === target) ?? null
  const within = plans.filter((plan) =>
    'flops' in target ? (plan.flops ?? Infinity) <= target.flops : plan.parameters <= target.parameters,
  )
  return within.reduce<Plan | null>((best, plan) => (best && best.parameters >= plan.parameters ? best : plan), null)
}

/** What the network costs with other widths of some groups; null in proofs that do not have the sizes of weights. */
function costWith({ parameters, flops, weights, groups }: Proof, widths: ReadonlyMap<number, number>): Cost | null {
  if (!weights) return null
  const before = (group: number) => groups[group]?.width ?? 0
  const after = (group: number) => widths.get(group) ?? before(group)
  const changes = weights.map((each) => ({
    entries: sizeOfWeight(each, after) - sizeOfWeight(each, before),
    flopsEach: each.flopsEach ?? 0,
  }))
  return costOf({
    parameters: changes.reduce((sum, { entries }) => sum + entries, parameters),
    flops: flops && Math.round(changes.reduce((sum, { entries, flopsEach }) => sum + entries * flopsEach, flops)),
  })
}

function costOf({ parameters, flops }: { parameters: number; flops?: number | undefined }): Cost {
  return {
    parameters,
    weightBytes: BYTES * parameters,
    trainingBytes: BYTES * KEPT_BY_ADAM * parameters,
    flops: flops ?? null,
  }
}
