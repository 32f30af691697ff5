import { chosenChanges, rightSizePlan } from '../../advice/plan/rightSizePlan.ts'
import type { Thresholds } from '../../advice/verdictKind.ts'
import { changesTo, type WidthChange } from '../../advice/widthChange.ts'
import type { RunState } from '../../run/state.ts'
import { summarise } from '../layer/summary.ts'
import { number } from '../numbers.ts'
import { planSaving, planValue } from '../proof/proofWords.ts'

/** The network of a run with other widths, as a person chooses it from a list. */
export interface NetworkToTry {
  /** `balanced`, `hidden2`, `stem + back`. */
  name: string
  /** `val_acc 94.7 % (−2.0) · 93 % fewer parameters`, `320 → 104`. */
  description: string
  changes: readonly WidthChange[]
}

/** Lists the networks that are worth a training: the plans of a proof, and each width that is proven or estimated. */
export function networksToTry(run: RunState, thresholds: Thresholds): NetworkToTry[] {
  const networks = [...plansOf(run), ...singleWidths(run, thresholds)]
  // Plans may be the same network, and layers of one group are changed together.
  const known = new Set<string>()
  return networks.filter(({ changes }) => {
    const key = changes
      .map(({ layer, to }) => `${layer}=${to}`)
      .sort()
      .join()
    const isNew = changes.length > 0 && !known.has(key)
    known.add(key)
    return isNew
  })
}

function plansOf({ proof }: RunState): NetworkToTry[] {
  return (proof?.plans ?? []).flatMap((plan) => {
    const whole = proof && rightSizePlan(proof, plan.tolerance)
    if (!whole) return []
    const description = `${planValue(proof, plan)} · ${planSaving(proof, plan)} parameters`
    return [{ name: plan.tolerance, description, changes: chosenChanges(whole) }]
  })
}

function singleWidths(run: RunState, thresholds: Thresholds): NetworkToTry[] {
  return run.layers.flatMap((layer) => {
    const { actions, advice } = summarise(run, layer, thresholds)
    const width = actions.find(({ id }) => id === 'try')?.width ?? advice?.width ?? null
    if (width === null) return []
    const changes = changesTo(run, layer, width)
    const names = changes.map((change) => run.layers.find(({ id }) => id === change.layer)?.name ?? change.layer)
    const description = `${number(layer.width ?? 0)} → ${number(width)}`
    return [{ name: names.join(' + '), description, changes }]
  })
}
