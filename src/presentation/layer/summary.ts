import { narrowedFrom } from '../../advice/narrowedFrom.ts'
import { settledSince } from '../../advice/settled/settledSince.ts'
import { judge } from '../../advice/verdict.ts'
import type { Thresholds, VerdictKind } from '../../advice/verdictKind.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import { saturationOf, type LayerState, type RunState } from '../../run/state.ts'
import { number, percent } from '../numbers.ts'
import { noTraining } from '../inherited.ts'
import { proofExplained, provenLayer, type ProvenLayer } from '../proof/provenLayer.ts'
import { describeSampling } from '../sampling.ts'
import { actionsOf, type LayerAction } from '../actions/layerActions.ts'
import { fieldSentencesOf } from '../fields/fieldStrip.ts'
import { adviceOf, explanationOf, type Advice } from './advice.ts'
import { detailOf, type Detail } from './detail.ts'
import { evidenceOf } from './evidence.ts'
import { limitedBy, limitExplained } from './limitedBy.ts'
import { settledSentence, settlingRange } from './settlingRange.ts'
import { whyNoWidth } from './whyNoWidth.ts'
import { verdictWord } from './verdictWord.ts'

/** All that lens, hover, panel row, terminal and report say of one layer. Each takes its words from here. */
export interface LayerSummary {
  id: string
  /** As the person's code names the layer; two models may share a name. */
  name: string
  /** Class of the layer, such as `Conv2D`. */
  layerKind: string
  /** Whether it has weights: of a layer without any nobody expects a number. */
  hasWeights: boolean
  verdict: VerdictKind
  /** The verdict in a few words. */
  verdictWord: string
  /** What limits the layer (`9 inputs`, `the 2 units of latent`), where that is the verdict; else null. */
  limitedBy: string | null
  /** Name of the activation layer behind which the layer is measured; null where its own output is. */
  measuredBehind: string | null
  /** Name of the earlier run that has measured the layer, where this one trains nothing; else null. */
  measuredIn: string | null
  /** What the verdict rests on: the latest measurement, or the last sufficient one. Null while there is none. */
  measurement: Measurement | null
  /** The latest train measurement where the verdict rests on an earlier one; else null. */
  newer: Measurement | null
  /** The train split's numbers; null while there are none. */
  train: Numbers | null
  /** The evaluation split's numbers; null while there are none. */
  evaluation: Numbers | null
  /** What the verdict rests on, in sentences. */
  evidence: string
  /** About how many features are used; null where nothing tells, or the code was edited since. */
  advice: Advice | null
  /** What a proof shows of its width; null where none narrows it, or the code was edited since. */
  proven: ProvenLayer | null
  /** The width that the layer had before it was narrowed, by an override or since an earlier run; else null. */
  narrowedFrom: number | null
  /** What belongs to the verdict in short; null for nothing, and where the code was edited since. */
  detail: Detail | null
  /** What follows from the verdict, in sentences; empty where the code was edited since. */
  explanation: string[]
  /** What it sees of the model's input, in sentences; empty where that is not known. */
  field: string[]
  /** What a person can do about it, the one that most people want first; empty where nothing is to be done. */
  actions: LayerAction[]
  /** What the monitor leaves out to keep to its budget; null where it leaves out nothing. */
  reducedSampling: string | null
  /** The definition, or what its width comes from, was edited since the run started. */
  stale: boolean
  /** Milliseconds since the Unix epoch; null while the run is on. */
  endedAt: number | null
}

/** Saturation and k of one split, for sentences and for narrow columns; an estimate is marked as one in both. */
export interface Numbers {
  /** Share in [0, 1]. */
  saturation: number
  /** `12 %`, `about 12 %`. */
  percent: string
  /** `15 of 128 dimensions`, `about 15 of 128 dimensions`, `15 of 128 dimensions behind relu_1`. */
  dimensions: string
  /** `12 %`, `≈ 12 %`. */
  shortPercent: string
  /** `15/128`, `≈ 15/128`. */
  shortDimensions: string
}

/** The summary of one layer as the run stands. @param stale whether its code was edited since the run started */
export function summarise(run: RunState, layer: LayerState, thresholds?: Thresholds, stale = false): LayerSummary {
  const verdict = judge(layer, thresholds, run.layers)
  const { kind, measurement } = verdict
  const advice = stale ? null : adviceOf(layer, verdict, run.layers)
  const proven = stale ? null : provenLayer(run, layer)
  const limit = limitedBy(layer, verdict, run.layers)
  const { measuredBehind } = layer
  const behind =
    measuredBehind === undefined ? null : (run.layers.find(({ id }) => id === measuredBehind)?.name ?? measuredBehind)
  const measuredIn = measurement !== null && measurement === layer.before ? (run.measuredBefore?.from ?? null) : null
  const from = narrowedFrom(layer)?.from ?? null
  // It is what an estimated width rests on; of other layers the curve and the report show it.
  const since = advice && settledSince(layer, run.layers, thresholds)
  const range = kind === 'settling' ? settlingRange(layer) : null
  return {
    id: layer.id,
    name: layer.name,
    layerKind: layer.kind,
    hasWeights: layer.parameters > 0,
    verdict: kind,
    verdictWord: verdictWord(kind, run.ended !== null, limit),
    limitedBy: limit,
    measuredBehind: behind,
    measuredIn,
    measurement,
    newer: measurement === layer.train ? null : layer.train,
    train: numbersOf(measurement, behind),
    evaluation: numbersOf(layer.eval, behind),
    evidence: evidenceOf(layer, verdict, behind, noTraining(run), measuredIn),
    advice,
    proven,
    narrowedFrom: from,
    detail: stale
      ? null
      : detailOf({ verdict: kind, proven, advice: advice?.words ?? null, narrowedFrom: from, settlingRange: range }),
    explanation: stale
      ? []
      : [
          ...proofExplained(run, layer, proven),
          ...explanationOf(verdict, advice, proven !== null),
          ...(limit === null ? [] : [limitExplained(layer, limit)]),
          ...whyNoWidth(layer, verdict, run.layers),
          ...(since ? [settledSentence(since)] : []),
        ],
    field: fieldSentencesOf(layer, run.layers),
    actions: actionsOf(run, layer, {
      verdict: kind,
      stale,
      proven: proven?.width ?? null,
      estimated: advice?.width ?? null,
    }),
    reducedSampling: describeSampling(run.overhead?.sampling),
    stale,
    endedAt: run.ended?.time ?? null,
  }
}

/** The numbers of a measurement; null where k is not defined. */
function numbersOf(measurement: Measurement | null, behind: string | null): Numbers | null {
  const saturation = saturationOf(measurement)
  if (!measurement || saturation === null) return null
  const [k, width, share] = [number(measurement.k), number(measurement.width), percent(saturation)]
  const [about, sign] = measurement.bounds ? ['about ', '≈ '] : ['', '']
  return {
    saturation,
    percent: `${about}${share}`,
    dimensions: `${about}${k} of ${width} dimensions${behind === null ? '' : ` behind ${behind}`}`,
    shortPercent: `${sign}${share}`,
    shortDimensions: `${sign}${k}/${width}`,
  }
}
