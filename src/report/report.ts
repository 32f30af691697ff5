import { membersOf } from '../advice/groupWidth.ts'
import { settlingOf } from '../advice/settling.ts'
import { allSettledSince, settledSince, type SettledSince } from '../advice/settled/settledSince.ts'
import { measuredLayers, sampledShare } from '../advice/verdict.ts'
import type { VerdictKind } from '../advice/verdictKind.ts'
import type { Embedding, Measurement } from '../protocol/measurement.ts'
import type { Layer } from '../protocol/layer.ts'
import { layerFields } from '../model/receptiveField/layerFields.ts'
import type { ReceptiveFields } from '../model/receptiveField/receptiveFields.ts'
import { compareWithExact, type ComparedWithExact } from '../comparison/exact/compareWithExact.ts'
import { beyondLimit } from '../presentation/layer/limitedBy.ts'
import { summarise, type LayerSummary } from '../presentation/layer/summary.ts'
import { noTraining } from '../presentation/inherited.ts'
import type { ProvenLayer } from '../presentation/proof/provenLayer.ts'
import type { MeasureOptions } from '../protocol/measureOptions.ts'
import type { Proof } from '../protocol/proof.ts'
import { probeJson, type ProbeJson } from './probeJson.ts'
import type { Projected } from '../protocol/trials/projection.ts'
import type { Override } from '../protocol/overrides.ts'
import { isSufficient } from '../run/sufficiency.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { delveDimension } from '../saturation/dimension.ts'
import { FLOAT32_EPSILON } from '../saturation/linalg/precision.ts'
import { expandSpectrum } from '../saturation/spectrum.ts'
import { spectrumStatistics, type SpectrumStatistics } from '../saturation/spectrumStatistics.ts'
import { fieldJson, sizesJson, type FieldJson } from './fieldJson.ts'
import type { EpochRow, RunDigest } from './runDigest.ts'

/** Name and place of a layer in a report; null for a layer that no line of the user's code built. */
interface Named {
  name: string
  kind: string
  file: string | null
  line: number | null
  column: number | null
}

/** One layer in one split, as `saturation report --json` prints it. */
export interface ReportRow extends Named, SpectrumStatistics {
  /** Unique within the run, where two models use one name. */
  id: string
  split: 'train' | 'eval'
  width: number
  k: number
  /** Bounds of k; both are k where it is exact. */
  kLow: number
  kHigh: number
  /**
   * `sketch` where k is an estimate: the layer is too wide for its covariance to be kept, or for its eigenvalues to be
   * found in time at the end of the process.
   */
  method: 'exact' | 'sketch'
  /** k / width in [0, 1]; null where k is not defined. */
  saturation: number | null
  observations: number
  /** How many independent observations they are worth, at most as many: rows may repeat or depend on each other. */
  effectiveObservations: number
  /** True when there are too few observations for the number to be relied on. */
  provisional: boolean
  /** Share of the layer's feature vectors that were observed, in [0, 1]. */
  sampledShare: number
  /** The training steps of the window, and its epochs; null in logs of version 0.1.0. */
  steps: NonNullable<Measurement['steps']> | null
  /** Why k is above what the layer's inputs or vocabulary allow at one time; null where it is not. */
  beyondLimit: string | null
  rejected: number
  delta: number
  status: Measurement['status']
  /** k as delve counts it, for comparison. Eigenvalues in the bins of a wide layer's spectrum count as the bin's mean. */
  delveK: number
  /** Total variance: trace of the covariance; null where it is not finite. */
  trace: number | null
  /** Of the layer, judged by its train split: both splits have the same verdict. */
  verdict: VerdictKind
  evidence: string
  /** Whether k has stopped moving over the latest windows; before, no width is recommended. */
  settled: boolean
  /**
   * The epoch, counted from 0, and the step after which neither verdict nor recommended width has changed; null for a layer
   * that has not settled. The epoch is null where none are known.
   */
  settledSince: SettledSince | null
  /** While k moves: its values so far, as `64–88 over 3 epochs`. Null where it does not, and before a window has ended. */
  settlingRange: string | null
  /** About how many features are used, an estimate; null where no width may be applied. */
  recommendedWidth: number | null
  /** The width that the layer had before it was narrowed, by an override or since an earlier run; else null. */
  narrowedFrom: number | null
  /** The width that a proof's shown plan gives the layer, and its words; null where none narrows it. */
  proven: ProvenLayer | null
  /** The recommended width in words, `about 104 of 320 used`; null where none is recommended. */
  advice: string | null
  /** Names of the layers whose widths have to change with this one's; empty where no width is recommended. */
  partners: string[]
  /**
   * Names of the layers that have to have the same width, this one included; empty where no operation of a step was
   * traced, and for a layer that does not choose its width.
   */
  group: string[]
  isOutput: boolean
  /** What it sees of the model's input; null where that is not known. */
  receptiveField: (FieldJson & { input: (number | null)[] }) | null
  /** What limits the layer, such as `9 inputs` or `the 2 units of latent`, where that is its verdict; else null. */
  limitedBy: string | null
  /** Name of the activation layer behind which the layer is measured; null where its own output is. */
  measuredBehind: string | null
  /** The earlier run that has measured it, where this one trains nothing; else null. */
  measuredIn: string | null
  /** A sample of the latest window's feature vectors on its two leading eigenvectors; null where none was asked for. */
  embedding: Pick<Embedding, 'step' | 'epoch' | 'held' | 'points'> | null
}

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

function rowsOf(run: RunState, layer: LayerState): ReportRow[] {
  const summary = summarise(run, layer)
  return [summary.measurement, layer.eval].flatMap((m) => (m ? [rowOf(layer, m, summary, run.layers)] : []))
}

function rowOf(
  layer: LayerState,
  m: Measurement,
  {
    verdict,
    evidence,
    advice,
    proven,
    narrowedFrom,
    detail,
    limitedBy,
    measuredBehind,
    measuredIn,
  }: LayerSummary,
  layers: readonly LayerState[],
): ReportRow {
  return {
    id: layer.id,
    ...named(layer),
    split: m.split,
    width: m.width,
    k: m.k,
    kLow: m.bounds?.low ?? m.k,
    kHigh: m.bounds?.high ?? m.k,
    method: m.bounds ? 'sketch' : 'exact',
    saturation: saturationOf(m),
    observations: m.observations,
    effectiveObservations: m.effective ?? m.observations,
    provisional: !isSufficient(m),
    sampledShare: sampledShare(m),
    steps: m.steps ?? null,
    beyondLimit: m.split === 'train' ? beyondLimit(layer, m) : null,
    rejected: m.rejected,
    delta: m.delta,
    status: m.status,
    delveK: delveDimension(expandSpectrum(m.spectrum), m.delta),
    trace: m.trace,
    ...spectrumStatistics(m.spectrum, FLOAT32_EPSILON),
    verdict,
    evidence,
    settled: settlingOf(layer).settled,
    settledSince: settledSince(layer, layers),
    settlingRange: detail?.kind === 'range' ? detail.words : null,
    recommendedWidth: advice?.width ?? null,
    narrowedFrom,
    advice: advice?.words ?? null,
    proven,
    partners: advice?.partners?.names ?? [],
    group: layer.group ? membersOf(layer, layers).map(({ name }) => name) : [],
    isOutput: layer.isOutput,
    receptiveField: receptiveFieldOf(layer, layers),
    limitedBy,
    measuredBehind,
    measuredIn: m.split === 'train' ? measuredIn : null,
    embedding: embeddingOf(layer.embedding[m.split]),
  }
}

function receptiveFieldOf({ id }: LayerState, layers: readonly LayerState[]): ReportRow['receptiveField'] {
  const found = layerFields(layers).byId.get(id)
  return found ? { ...fieldJson(found.field), input: sizesJson(found.input) } : null
}

function embeddingOf(embedding: Embedding | null): ReportRow['embedding'] {
  if (!embedding) return null
  const { step, epoch, held, points } = embedding
  return { step, epoch, held, points }
}

function named(layer: Layer): Named {
  const { name, kind, site } = layer
  return { name, kind, file: site?.file ?? null, line: site?.line ?? null, column: site?.column ?? null }
}
