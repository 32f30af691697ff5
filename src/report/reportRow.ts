import { membersOf } from '../advice/groupWidth.ts'
import { settlingOf } from '../advice/settling.ts'
import { settledSince, type SettledSince } from '../advice/settled/settledSince.ts'
import { sampledShare } from '../advice/verdict.ts'
import type { VerdictKind } from '../advice/verdictKind.ts'
import type { Embedding, Measurement } from '../protocol/measurement.ts'
import type { Layer } from '../protocol/layer.ts'
import { layerFields } from '../model/receptiveField/layerFields.ts'
import { beyondLimit } from '../presentation/layer/limitedBy.ts'
import { summarise, type LayerSummary } from '../presentation/layer/summary.ts'
import type { ProvenLayer } from '../presentation/proof/provenLayer.ts'
import { isSufficient } from '../run/sufficiency.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { delveDimension } from '../saturation/dimension.ts'
import { FLOAT32_EPSILON } from '../saturation/linalg/precision.ts'
import { expandSpectrum } from '../saturation/spectrum.ts'
import { spectrumStatistics, type SpectrumStatistics } from '../saturation/spectrumStatistics.ts'
import { fieldJson, sizesJson, type FieldJson } from './fieldJson.ts'

/** Name and place of a layer in a report; null for a layer that no line of the user's code built. */
export interface Named {
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

/** The rows of a layer: train before eval, each where it was measured. */
export function rowsOf(run: RunState, layer: LayerState): ReportRow[] {
  const summary = summarise(run, layer)
  return [summary.measurement, layer.eval].flatMap((m) => (m ? [rowOf(layer, m, summary, run.layers)] : []))
}

function rowOf(
  layer: LayerState,
  m: Measurement,
  { verdict, evidence, advice, proven, narrowedFrom, detail, limitedBy, measuredBehind, measuredIn }: LayerSummary,
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

/** Name and place of a layer. */
export function named(layer: Layer): Named {
  const { name, kind, site } = layer
  return { name, kind, file: site?.file ?? null, line: site?.line ?? null, column: site?.column ?? null }
}
