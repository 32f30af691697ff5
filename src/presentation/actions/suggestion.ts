import { settledAdvice, type SettledAdvice } from '../../advice/settled/settledAdvice.ts'
import { findTail, probedNetwork } from '../../comparison/contribution/tail.ts'
import { measuredLayers } from '../../advice/verdict.ts'
import type { Thresholds } from '../../advice/verdictKind.ts'
import { triedChanges } from '../../advice/widthChange.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { actionsOf, runAgain, type OfferedAction } from './layerActions.ts'
import { REMOVE_TAIL, RIGHT_SIZE, STOP } from './modelActions.ts'
import { plainTitle } from '../layer/lensTitle.ts'
import { settledWhen } from '../layer/settlingRange.ts'
import { summarise, type LayerSummary } from '../layer/summary.ts'
import { tailWords } from '../trials/probe.ts'
import { number, pluralise } from '../numbers.ts'
import { describeOverrides } from '../overrides.ts'
import { planSaving, planValue, shownPlan } from '../proof/proofWords.ts'

/** What to do next with a run, in the panel. */
export interface Suggestion {
  /** What it rests on, a sentence. */
  words: string
  /** The first is the one to take; none where there is nothing but to know. */
  actions: OfferedAction[]
}

/**
 * The one thing that is most worth doing after a run, or knowing of it; null where there is nothing. While a run goes on,
 * only that all its layers have settled, and whether it is worth stopping for what they show.
 * @param stale ids of the layers whose code was edited since
 * @param ignored ids of the layers whose hints are not wanted
 */
export function suggestionOf(
  run: RunState,
  thresholds: Thresholds,
  stale: ReadonlySet<string>,
  ignored: ReadonlySet<string>,
): Suggestion | null {
  const advice = settledAdvice(run, thresholds, ignored)
  const settled = advice && settledWords(run, advice)
  if (!run.ended) return settled === null ? null : whileTraining(run, thresholds, settled, advice?.act ?? null)
  const edited = run.layers.filter(({ id }) => stale.has(id))
  if (edited.length > 0) {
    const names = edited.map(({ name }) => name).join(', ')
    const actions = runAgain(run).map((action) => ({ ...action, layers: [] }))
    return { words: `The code of ${names} was edited since this run.`, actions }
  }
  const next = afterTrial(run) ?? tailOf(run) ?? planOf(run, ignored) ?? bestHint(run, thresholds, ignored)
  if (settled === null) return next
  return next ? { ...next, words: `${next.words} ${settled}` } : { words: settled, actions: [] }
}

/** That all layers have settled before the run's last epoch. */
function settledWords(run: RunState, { since }: SettledAdvice): string {
  const epochs = run.progress?.epochs ?? null
  const of = since.epoch !== null && epochs ? ` of ${number(epochs)}` : ''
  const then = run.ended ? 'a training of that length shows the same' : 'the rest of this run will hardly change them'
  return `All layers have settled since ${settledWhen(since)}${of}: no verdict and no estimate of a width has changed since; ${then}.`
}

/** What to do in mid-run. @param act the layer whose width is worth stopping for; null where there is none */
function whileTraining(run: RunState, thresholds: Thresholds, settled: string, act: LayerState | null): Suggestion {
  const summary = act && summarise(run, act, thresholds)
  if (!summary?.advice) return { words: settled, actions: [] }
  const words = `${settled} ${summary.name}: ${summary.advice.words}. Stop now to try that, or train on for the weights.`
  return { words, actions: [STOP] }
}

/** What to do with the widths that a run has tried. */
function afterTrial(run: RunState): Suggestion | null {
  const changes = triedChanges(run)
  const layer = run.layers.find(({ id }) => id === changes[0]?.layer)
  if (!layer) return null
  const facts = { verdict: 'healthy', stale: false, proven: null, estimated: null } as const
  const actions = actionsOf(run, layer, facts).filter(({ id }) => id !== 'why')
  const tried = describeOverrides(run.overrides) ?? pluralise(changes.length, 'width')
  return { words: `This run has tried ${tried}; the code was not changed.`, actions: offer(actions, layer.id) }
}

/** The layers that contribute nothing, as probes and saturation show. */
function tailOf(run: RunState): Suggestion | null {
  const network = probedNetwork(run)
  const isTail = network !== null && findTail(network)?.kind === 'tail'
  return isTail ? { words: tailWords(network).join(' '), actions: [REMOVE_TAIL] } : null
}

function planOf(run: RunState, ignored: ReadonlySet<string>): Suggestion | null {
  const plan = run.proof && shownPlan(run.proof)
  const narrowed = Object.keys(plan?.widths ?? {})
  if (!run.proof || !plan || narrowed.filter((id) => !ignored.has(id)).length < 2) return null
  // The numbers are of the whole plan.
  const words = `${number(narrowed.length)} layers can be narrower: together they keep ${planValue(run.proof, plan)} with ${planSaving(run.proof, plan)} parameters.`
  return { words, actions: [RIGHT_SIZE] }
}

/** The action of the layer that would save most. */
function bestHint(run: RunState, thresholds: Thresholds, ignored: ReadonlySet<string>): Suggestion | null {
  const summaries = measuredLayers(run)
    .filter(({ id }) => !ignored.has(id))
    .map((layer) => ({ parameters: layer.parameters, summary: summarise(run, layer, thresholds) }))
    .filter(({ summary }) => firstStep(summary) !== null)
    .sort((a, b) => b.parameters - a.parameters)
  const best = summaries[0]?.summary
  const action = best && firstStep(best)
  return best && action
    ? { words: `${best.name}: ${plainTitle(best) ?? ''}.`, actions: offer([action], best.id) }
    : null
}

function firstStep({ actions }: LayerSummary) {
  return actions.find(({ id }) => id === 'use' || id === 'prove' || id === 'try') ?? null
}

function offer(actions: ReturnType<typeof actionsOf>, layer: string): OfferedAction[] {
  return actions.map((action) => ({ ...action, layers: [layer] }))
}
