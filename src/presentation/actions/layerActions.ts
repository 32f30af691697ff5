import type { VerdictKind } from '../../advice/verdictKind.ts'
import { widerWidth } from '../../advice/widthChange.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { number } from '../numbers.ts'
import { unitOf } from '../layer/advice.ts'

/** What a person can do about a layer or the model, in the order in which they stand on a line. */
export const ACTION_IDS = [
  'use',
  'try',
  'prove',
  'apply',
  'discard',
  'run again',
  'from scratch',
  'why',
  'ignore',
  // Of the whole model.
  'right-size',
  'repeat',
  'remove tail',
  'metric',
  'stop',
] as const
export type ActionId = (typeof ACTION_IDS)[number]

/** One thing to do about a layer, as lens, lightbulb, hover, panel, problems entry and palette offer it. */
export interface LayerAction {
  id: ActionId
  /** `Use 104 units`. */
  title: string
  /** What it does, in a sentence. */
  tooltip: string
  /** The width that is used or tried; null of actions without one. */
  width: number | null
}

/** An action, and the layers that it is offered for. */
export type OfferedAction = LayerAction & { layers: string[] }

/** What the actions of a layer depend on. */
export interface ActionFacts {
  verdict: VerdictKind
  stale: boolean
  /** The width that a proof shows to do; null where none does. */
  proven: number | null
  /** The width that is estimated; null where none is. */
  estimated: number | null
}

/** Verdicts on which there is a hint that a person may want to be without. */
const HINTS: ReadonlySet<VerdictKind> = new Set(['underused', 'crowded', 'limited', 'dead', 'non-finite'])

const WHY = { id: 'why', title: 'Why?', tooltip: 'Shows in the panel what the hint rests on', width: null } as const
const IGNORE = {
  id: 'ignore',
  title: 'Ignore',
  tooltip: 'Hides the hint: for this layer, this file, or always',
  width: null,
} as const
const PROVE = {
  id: 'prove',
  title: 'Prove this',
  tooltip: 'Tries narrower networks in the trained one, on the data on which the script evaluates it',
  width: null,
} as const
const DISCARD = {
  id: 'discard',
  title: 'Discard',
  tooltip: 'Shows the run before the trial again; the code was not changed',
  width: null,
} as const
const RUN_AGAIN = { id: 'run again', title: 'Run again', width: null } as const
const FROM_SCRATCH = {
  id: 'from scratch',
  title: 'from scratch',
  tooltip: 'Trains again with weights as the script makes them',
  width: null,
} as const

/** The actions on a layer as the run stands, the one that most people want first. */
export function actionsOf(
  run: RunState,
  layer: LayerState,
  { verdict, stale, proven, estimated }: ActionFacts,
): LayerAction[] {
  if (stale) return runAgain(run)
  const units = unitOf(layer)
  const hasEnded = run.ended !== null
  if (isTried(run, layer)) return hasEnded ? [apply(layer.width ?? 0, units), DISCARD, WHY] : []
  const hint = HINTS.has(verdict) || proven !== null ? [WHY, IGNORE] : []
  if (proven !== null) {
    const edit = layer.site === null ? [] : [use(proven, units)]
    return [...edit, ...(hasEnded ? [tryOut(proven, units)] : []), ...hint]
  }
  // A run that still goes on can be followed by no other.
  if (!hasEnded) return hint
  const isKept = run.proof?.groups.some(({ layers }) => layers.includes(layer.id)) ?? false
  if (estimated !== null) return [isKept ? tryOut(estimated, units) : PROVE, ...hint]
  const wider = verdict === 'crowded' ? widerWidth(layer) : null
  return wider === null ? hint : [tryOut(wider, units), ...hint]
}

/**
 * The actions on the layers that one line makes: those of the only layer; of several, each action once, for the layers
 * that have it.
 */
export function actionsOfLine(layers: readonly { id: string; actions: readonly LayerAction[] }[]): OfferedAction[] {
  const [only] = layers
  if (layers.length === 1 && only) return only.actions.map((action) => ({ ...action, layers: [only.id] }))
  const ids = [...new Set(layers.flatMap(({ actions }) => actions.map(({ id }) => id)))]
  return ACTION_IDS.filter((id) => ids.includes(id)).map((id) => {
    const having = layers.filter(({ actions }) => actions.some((action) => action.id === id))
    const widths = new Set(having.map(({ actions }) => actions.find((action) => action.id === id)?.title))
    const first = having[0]!.actions.find((action) => action.id === id)!
    const isSame = widths.size === 1
    const title = isSame ? first.title : `${first.title.split(' ')[0]} ${number(having.length)} widths`
    return { ...first, title, width: isSame ? first.width : null, layers: having.map((layer) => layer.id) }
  })
}

/** Whether a run tries another width of a layer than its source has. */
function isTried({ overrides }: RunState, { width, sourceWidth }: LayerState): boolean {
  return overrides.length > 0 && sourceWidth !== undefined && width !== null && width !== sourceWidth
}

/** The ways to train code that was changed. @param run the run before the change */
export function runAgain({ ended, weights }: Pick<RunState, 'ended' | 'weights'>): LayerAction[] {
  if (!ended) return []
  if (weights === null) return [{ ...RUN_AGAIN, tooltip: 'Trains the changed code' }]
  return [{ ...RUN_AGAIN, tooltip: 'Trains the changed code; layers begin with what they have learned' }, FROM_SCRATCH]
}

function use(width: number, units: string): LayerAction {
  const title = `Use ${number(width)} ${units}`
  return { id: 'use', title, tooltip: 'Changes the width in the code, in one step that can be undone', width }
}

function tryOut(width: number, units: string): LayerAction {
  const tooltip = 'Trains once with this width; the code stays as it is'
  return { id: 'try', title: `Try ${number(width)} ${units}`, tooltip, width }
}

function apply(width: number, units: string): LayerAction {
  const tooltip = 'Writes the width that was tried into the code, in one step that can be undone'
  return { id: 'apply', title: `Apply ${number(width)} ${units}`, tooltip, width }
}
