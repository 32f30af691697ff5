import * as v from 'valibot'
import type { Thresholds } from '../advice/verdictKind.ts'
import { ACTION_IDS } from './actions/layerActions.ts'
import { RunEvent } from '../protocol/events.ts'
import type { RunState } from '../run/state.ts'

/**
 * The conversation between the panel's host and its page. The page says `ready`, gets one snapshot, and from then on
 * folds the events that follow; either side drops what does not match these schemas.
 */

const layerId = v.pipe(v.string(), v.maxLength(20_000))
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))

/**
 * Guards against a page and a host of different builds, not against malice: the state is the host's own fold of
 * validated events, and spelling its whole shape out again would only let the two drift apart.
 */
const Snapshot = v.custom<RunState>((value) => v.is(SnapshotOutline, value), 'expected the state of a run')
const SnapshotOutline = v.object({
  phase: v.picklist(['starting', 'training', 'ended']),
  script: v.string(),
  layers: v.array(v.object({ id: layerId, history: v.object({ x: v.array(v.number()) }) })),
  loss: v.object({ x: v.array(v.number()) }),
  metrics: v.record(v.string(), v.object({ x: v.array(v.number()) })),
  problems: v.array(v.object({ message: v.string() })),
  next: v.object({ trainer: v.number(), session: v.number() }),
})

const Limits: v.GenericSchema<Thresholds> = v.object({ underused: share, crowded: share })

const words = v.string()
const Cells = v.array(v.array(words))

/** What the editor knows beside the run: which code has changed since, and what the run is compared with. */
const EditorState = v.object({
  /** Ids of the layers whose code was edited since the run started. */
  stale: v.array(layerId),
  /** Ids of the layers whose hints a person does not want. */
  ignored: v.array(layerId),
  /** The run beside the one before the change, in words; null where it is compared with none. */
  comparison: v.nullable(
    v.object({
      table: v.object({ head: v.array(words), rows: Cells }),
      sentences: v.array(words),
      /** Whether the run can be repeated, to tell its results from chance. */
      repeatable: v.boolean(),
      /** Whether the runs report several metrics, of which one can be chosen. */
      hasOtherMetrics: v.boolean(),
    }),
  ),
})
export type EditorState = v.InferOutput<typeof EditorState>

const ToPage = v.variant('type', [
  v.object({ type: v.literal('snapshot'), run: v.nullable(Snapshot), thresholds: Limits }),
  v.object({ type: v.literal('events'), events: v.array(RunEvent) }),
  /** How many more runs train than the one that is shown. */
  v.object({ type: v.literal('others'), training: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.object({ type: v.literal('editor'), editor: EditorState }),
  /** Scroll to a layer and select it. */
  v.object({ type: v.literal('reveal'), layer: layerId }),
])

const FromPage = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** Show the line that defines the layer. */
  v.object({ type: v.literal('open layer'), layer: layerId }),
  /** Do what the page offers. */
  v.object({
    type: v.literal('act'),
    action: v.picklist(ACTION_IDS),
    layers: v.array(layerId),
    width: v.nullable(v.number()),
  }),
  v.object({ type: v.literal('stop') }),
  /** Let the person choose another run to be shown. */
  v.object({ type: v.literal('choose run') }),
  /** Start the run again, or the first run when there is none. */
  v.object({ type: v.literal('run') }),
])

export type ToPage = v.InferOutput<typeof ToPage>
export type FromPage = v.InferOutput<typeof FromPage>

/** A message of the host as the page may trust it; null when it is malformed. */
export function parseToPage(value: unknown): ToPage | null {
  const result = v.safeParse(ToPage, value)
  return result.success ? result.output : null
}

/** A message of the page as the host may trust it; null when it is malformed. */
export function parseFromPage(value: unknown): FromPage | null {
  const result = v.safeParse(FromPage, value)
  return result.success ? result.output : null
}
