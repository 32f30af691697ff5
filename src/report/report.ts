import { judge, measuredLayers, sampledShare, type Verdict, type VerdictKind } from '../advice/verdict.ts'
import type { Embedding, Layer, Measurement } from '../protocol/events.ts'
import type { MeasureOptions } from '../protocol/measureOptions.ts'
import { isSettled } from '../run/sufficiency.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { delveDimension } from '../saturation/dimension.ts'
import { FLOAT32 } from '../saturation/linalg/precision.ts'
import { spread } from '../saturation/spectrum.ts'
import { spectrumStatistics, type SpectrumStatistics } from '../saturation/spectrumStatistics.ts'
import type { Digest, EpochRow } from './epochDigest.ts'

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
  /** What k lies between; k itself where it is exact. */
  kLow: number
  kHigh: number
  /** `sketch` where the layer is too wide for its covariance to be kept, or for its eigenvalues to be found at the process's end: k is an estimate. */
  method: 'exact' | 'sketch'
  /** k / width in [0, 1]; null where k is not defined. */
  saturation: number | null
  observations: number
  /** True when there are too few observations for the number to be relied on. */
  provisional: boolean
  /** Share of the layer's feature vectors that were observed, in [0, 1]. */
  sampledShare: number
  rejected: number
  delta: number
  status: Measurement['status']
  /** k as delve counts it, for comparison; bins of a wide layer's spectrum stand as their mean. */
  delveK: number
  /** Total variance: trace of the covariance; null where it is not finite. */
  trace: number | null
  /** On the layer, by its train split: both splits of a layer have the same. */
  verdict: VerdictKind
  evidence: string
  recommendedWidth: number | null
  isOutput: boolean
  /** A sample of the latest window's feature vectors on its two leading eigenvectors; null where none was asked for. */
  embedding: Pick<Embedding, 'step' | 'epoch' | 'held' | 'points'> | null
}

/** What `saturation report --json` prints. */
export interface Report {
  run: {
    script: string
    args: string[]
    cwd: string
    /** ISO 8601; null when the log does not say. */
    startedAt: string | null
    /** Which process of the command trained; null before one did, and partly so in logs that do not say. */
    process: { pid: number; script: string | null; args: string[]; thread: number } | null
    /** How it ended; null while it trains, or when its log was cut off. */
    how: string | null
    exitCode: number | null
    signal: string | null
    message: string | null
    step: number | null
    loss: number | null
    delta: number | null
    /** What is measured; null in logs of before it could be chosen. */
    measure: MeasureOptions | null
    backend: string | null
    versions: Record<string, string>
    /** Share of the training time spent in the monitor on the training thread; null before it was measured. */
    overheadShare: number | null
    overhead: RunState['overhead']
    epochs: EpochRow[]
    problems: { layer: string | null; message: string; advice: string; times: number }[]
  }
  layers: ReportRow[]
  notMeasured: (Named & { reason: string })[]
}

/** Puts a run into the form of a report; layers in the order of the forward pass, train before eval. */
export function reportOf(digest: Digest): Report {
  const { state } = digest
  const rows = measuredLayers(state).map((layer) => ({ layer, rows: rowsOf(layer) }))
  const unmeasured = state.layers.filter(
    (layer) => !rows.some((entry) => entry.layer === layer && entry.rows.length > 0),
  )
  return {
    run: {
      script: state.script,
      args: state.args,
      cwd: state.cwd,
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
      epochs: digest.epochs,
      problems: state.problems.map(({ layer, message, advice, times }) => ({ layer, message, advice, times })),
    },
    layers: rows.flatMap((entry) => entry.rows),
    notMeasured: unmeasured.map((layer) => ({
      ...named(layer),
      reason: layer.notMeasured ?? 'it was never part of a pass that was measured',
    })),
  }
}

function processOf({ attached }: RunState): Report['run']['process'] {
  if (!attached) return null
  return { pid: attached.pid, ...(attached.process ?? { script: null, args: [], thread: 0 }) }
}

function rowsOf(layer: LayerState): ReportRow[] {
  const verdict = judge(layer)
  return [verdict.measurement, layer.eval].flatMap((m) => (m ? [rowOf(layer, m, verdict)] : []))
}

function rowOf(layer: LayerState, m: Measurement, verdict: Verdict): ReportRow {
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
    provisional: !isSettled(m),
    sampledShare: sampledShare(m),
    rejected: m.rejected,
    delta: m.delta,
    status: m.status,
    delveK: delveDimension(spread(m.spectrum), m.delta),
    trace: m.trace,
    ...spectrumStatistics(m.spectrum, FLOAT32),
    verdict: verdict.kind,
    evidence: verdict.evidence,
    recommendedWidth: verdict.recommendedWidth,
    isOutput: layer.isOutput,
    embedding: embeddingOf(layer.embedding[m.split]),
  }
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
