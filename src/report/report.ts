import { allSettledSince, type SettledSince } from '../advice/settled/settledSince.ts'
import { measuredLayers } from '../advice/verdict.ts'
import { layerFields } from '../model/receptiveField/layerFields.ts'
import type { ReceptiveFields } from '../model/receptiveField/receptiveFields.ts'
import { compareWithExact, type ComparedWithExact } from '../comparison/exact/compareWithExact.ts'
import { noTraining } from '../presentation/inherited.ts'
import type { MeasureOptions } from '../protocol/measureOptions.ts'
import type { Proof } from '../protocol/proof.ts'
import { probeJson, type ProbeJson } from './probeJson.ts'
import type { Projected } from '../protocol/trials/projection.ts'
import type { Override } from '../protocol/overrides.ts'
import type { LayerState, RunState } from '../run/state.ts'
import { sizesJson } from './fieldJson.ts'
import type { EpochRow, RunDigest } from './runDigest.ts'
import { named, rowsOf, type Named, type ReportRow } from './reportRow.ts'

/** What `saturation report --json` prints. */
export interface Report {
  run: {
    script: string
    args: string[]
    cwd: string
    /** What was changed in the construction of layers; empty where nothing was. */
    overrides: Override[]
    /** ISO 8601; null when the log does not say. */
    startedAt: string | null
    /** The process of the command that trained; null before one did. Old logs name only its id. */
    process: { pid: number; script: string | null; args: string[]; thread: number } | null
    /** How it ended; null while it trains, or when its log was cut off. */
    how: string | null
    exitCode: number | null
    signal: string | null
    message: string | null
    step: number | null
    loss: number | null
    delta: number | null
    /** What is measured; null in logs of versions in which it could not be chosen. */
    measure: MeasureOptions | null
    backend: string | null
    versions: Record<string, string>
    /** Share of the training time spent in the monitor on the training thread; null before it was measured. */
    overheadShare: number | null
    overhead: RunState['overhead']
    /** The run that the layers have their first weights from, and what became of each; null where they have none. */
    inherited: RunState['inherited']
    /** The training step and size in bytes of the weights that are kept beside the log; null where none are. */
    weights: RunState['weights']
    /** Absolute path of the folder that the trained model is saved in; null where it is not. */
    savedModel: string | null
    /** The epoch, counted from 0, and the step after which the last of the layers has settled; null where one has not. */
    settledSince: SettledSince | null
    epochs: EpochRow[]
    problems: { layer: string | null; message: string; advice: string; times: number }[]
  }
  layers: ReportRow[]
  notMeasured: (Named & { reason: string })[]
  /**
   * The input that the layers see, the first layer that is predicted to add nothing, and the sizes of inputs that suit the
   * model; null where no layer has a receptive field, and where layers see inputs of several sizes.
   */
  receptiveFields: (Pick<ReceptiveFields, 'border' | 'resolution'> & { input: (number | null)[] }) | null
  /** How good the model is while its layers are projected onto eigenspaces; null where that was not tried. */
  projection: Projected | null
  /** Online covariances compared with exact ones; null where that was not asked for. */
  exact: ComparedWithExact | null
  /** What linear probes find in the layers; null where that was not tried. */
  probe: ProbeJson | null
  /** Narrower networks that were tried in the trained one; null where none were. */
  proof: Proof | null
}

/** The report of a run: layers in the order of the forward pass, of each layer train before eval. */
export function reportOf(digest: RunDigest): Report {
  const { state } = digest
  const untrained = noTraining(state)?.replace('No', 'no') ?? null
  const rows = measuredLayers(state).map((layer) => ({ layer, rows: rowsOf(state, layer) }))
  const unmeasured = state.layers.filter(
    (layer) => !rows.some((entry) => entry.layer === layer && entry.rows.length > 0),
  )
  return {
    run: {
      script: state.script,
      args: state.args,
      cwd: state.cwd,
      overrides: state.overrides,
      startedAt: state.startedAt === null ? null : new Date(state.startedAt).toISOString(),
      process: processOf(state),
      how: state.ended?.how ?? null,
      exitCode: state.ended?.exitCode ?? null,
      signal: state.ended?.signal ?? null,
      message: state.ended?.message ?? null,
      step: state.progress?.step ?? null,
      loss: state.progress?.loss ?? null,
      delta: state.attached?.delta ?? null,
      measure: state.attached?.measure ?? null,
      backend: state.attached?.backend ?? null,
      versions: state.attached?.versions ?? {},
      overheadShare: state.overhead?.share ?? null,
      overhead: state.overhead,
      inherited: state.inherited,
      weights: state.weights,
      savedModel: state.savedModel,
      settledSince: allSettledSince(state),
      epochs: digest.epochs,
      problems: state.problems.map(({ layer, message, advice, times }) => ({ layer, message, advice, times })),
    },
    layers: rows.flatMap((entry) => entry.rows),
    notMeasured: unmeasured.map((layer) => ({
      ...named(layer),
      reason: layer.notMeasured ?? untrained ?? 'it gave no numbers before the run ended',
    })),
    receptiveFields: modelFields(state.layers),
    projection: state.projection,
    probe: probeJson(state),
    exact: compareWithExact(state),
    proof: state.proof && withoutTrials(state.proof),
  }
}

function modelFields(layers: readonly LayerState[]): Report['receptiveFields'] {
  const { model } = layerFields(layers)
  return model && { input: sizesJson(model.input), border: model.border, resolution: model.resolution }
}

/** A proof without what only a later proof needs. */
function withoutTrials({ tried: _tried, basis: _basis, ...proof }: Proof): Proof {
  return proof
}

function processOf({ attached }: RunState): Report['run']['process'] {
  if (!attached) return null
  return { pid: attached.pid, ...(attached.process ?? { script: null, args: [], thread: 0 }) }
}
