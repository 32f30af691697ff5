import type { EndedWindow } from '../../run/endedWindows.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { membersOf } from '../groupWidth.ts'
import { EPOCHS_TO_SETTLE, epochsOf, settlingOf } from '../settling.ts'
import { judge, measuredLayers } from '../verdict.ts'
import { DEFAULT_THRESHOLDS, type Thresholds, type VerdictKind } from '../verdictKind.ts'

/** The end of the window after which a layer's verdict and the width to try have not changed. */
export interface SettledSince {
  /** Counted from 0; null where no epochs are known, or where each `fit` counts its own. */
  epoch: number | null
  /** Training steps by then. */
  step: number
}

/** Verdicts that wait for more observations, or say that a number still moves. */
const UNDECIDED: ReadonlySet<VerdictKind> = new Set<VerdictKind>([
  'not measured',
  'not trained',
  'warming up',
  'non-finite',
  'provisional',
  'settling',
])

/** What was found for a layer's windows, and what it depends on beside them. */
const found = new WeakMap<readonly EndedWindow[], { given: string; since: SettledSince | null }>()

/**
 * Finds since when a layer's verdict and width to try have not changed: each ended window is judged again, together with
 * the windows that the layers of its group had ended by then. A layer has settled if its width has (`settlingOf`), or if
 * nothing has changed over as many epochs as that takes.
 * @returns null for a layer that has not settled
 */
export function settledSince(
  layer: LayerState,
  layers: readonly LayerState[],
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
): SettledSince | null {
  const members = membersOf(layer, layers)
  const now = verdictOf(layer, members, thresholds)
  const given = JSON.stringify([now, thresholds, members.map(({ windows }) => windows.at(-1)?.step)])
  const known = found.get(layer.windows)
  if (known?.given === given) return known.since
  const since = now === null ? null : sinceWhen(layer, members, thresholds, now)
  found.set(layer.windows, { given, since })
  return since
}

/** The window after which the last of a run's layers has settled; null while one has not, or none is measured. */
export function allSettledSince(run: RunState, thresholds: Thresholds = DEFAULT_THRESHOLDS): SettledSince | null {
  const trained = measuredLayers(run).filter(({ train }) => train !== null)
  const each = trained.map((layer) => settledSince(layer, run.layers, thresholds))
  return each.reduce(
    (latest, since) => (latest && since ? (since.step > latest.step ? since : latest) : null),
    each[0] ?? null,
  )
}

function sinceWhen(
  layer: LayerState,
  members: readonly LayerState[],
  thresholds: Thresholds,
  now: string,
): SettledSince | null {
  const windows = layer.windows.filter(({ width }) => width === layer.train?.width)
  const isSame = (window: EndedWindow) => {
    const then = members.map((member) => asOf(member, window.step))
    return (
      verdictOf(
        then.find(({ id }) => id === layer.id)!,
        then,
        thresholds,
      ) === now
    )
  }
  const first = windows.findLastIndex((window) => !isSame(window)) + 1
  const stretch = windows.slice(first)
  const [since] = stretch
  if (!since || !(settlingOf(layer).settled || epochsOf(stretch) >= EPOCHS_TO_SETTLE)) return null
  return { epoch: countsOnce(windows) ? since.epoch : null, step: since.step }
}

/** Whether epochs rise: where each of several `fit`s counts its own, an epoch names no time. */
function countsOnce(windows: readonly EndedWindow[]): boolean {
  return windows.every(({ epoch }, n) => epoch !== null && (n === 0 || epoch > (windows[n - 1]?.epoch ?? -1)))
}

/** The verdict and the width to try, to be compared; null where a verdict is not decided. */
function verdictOf(layer: LayerState, members: readonly LayerState[], thresholds: Thresholds): string | null {
  const { kind, recommendedWidth } = judge(layer, thresholds, members)
  return UNDECIDED.has(kind) ? null : `${kind} ${recommendedWidth}`
}

/** A layer as it was at the end of a step, as far as its ended windows tell. */
function asOf(layer: LayerState, step: number): LayerState {
  const windows = layer.windows.filter((window) => window.step <= step)
  const last = windows.at(-1)
  const measured = layer.sufficient ?? layer.train
  if (!last || !measured) return { ...layer, train: null, sufficient: null, before: null, windows }
  const { width, k, low = k } = last
  const bounds = low === k ? {} : { bounds: { low, high: k } }
  const train = {
    ...measured,
    width,
    k,
    bounds: undefined,
    ...bounds,
    status: k === 0 ? ('constant' as const) : ('ok' as const),
  }
  const steps = { first: 1, last: last.step, epochs: last.epochs }
  return {
    ...layer,
    train: { ...train, steps, observations: Infinity, effective: undefined },
    sufficient: null,
    windows,
  }
}
