import { probedNetwork } from '../comparison/contribution/tail.ts'
import { countUnderused, judge, measuredLayers } from '../advice/verdict.ts'
import type { Thresholds } from '../advice/verdictKind.ts'
import { percent, pluralise } from './numbers.ts'
import { asSentence, describeInherited } from './inherited.ts'
import { STALE } from './layer/stale.ts'
import { brokenWords } from './layer/verdictWord.ts'
import { describeOverrides } from './overrides.ts'
import { tailWords } from './trials/probe.ts'
import { smallestDelta } from './trials/projection.ts'
import type { RunState } from '../run/state.ts'
import { describeSampling } from './sampling.ts'
import { endedBadly, describePhase, position, describeProgress, timeLeftWords } from './progress.ts'

/** Where a run stands, in a line and a tooltip. */
export interface RunStatus {
  /** Name of a VS Code icon. */
  icon: 'graph' | 'warning'
  /** One line, `Epoch 3/12 · 42 % · 3 underused`, without the icon. */
  text: string
  /** Lines of plain text. */
  tooltip: string
  /** Whether the run ended in a way that the user did not ask for. */
  failed: boolean
}

/** Describes where a run stands. @param edited how many of its layers have code that was edited since it started */
export function describeStatus(run: RunState, thresholds: Thresholds, edited = 0): RunStatus {
  const layers = measuredLayers(run)
  const underused = countUnderused(run, thresholds)
  const failed = endedBadly(run)
  const left = timeLeftWords(run)
  const overridden = describeOverrides(run.overrides)
  const inherited = describeInherited(run)
  const sampling = describeSampling(run.overhead?.sampling)

  const head = run.ended ? (failed ? `Training ${run.ended.how}` : describePhase(run)) : describeProgress(run)
  const broken = brokenWords(layers.map((layer) => judge(layer, thresholds).kind))
  const text = [head, broken, underused > 0 ? `${underused} underused` : null, edited > 0 ? STALE : null]

  const tooltip = [
    run.script,
    overridden === null ? null : `Overridden: ${overridden}`,
    inherited === null ? null : asSentence(inherited),
    edited === 0 ? null : `The code of ${pluralise(edited, 'layer')} was edited since: run it again`,
    joined([describePhase(run), position(run.progress, run.fit)]),
    left,
    broken === null ? null : asSentence(broken),
    layers.length > 0 ? `${underused} of ${layers.length} measured layers underused` : null,
    run.overhead ? `Monitoring takes ${percent(run.overhead.share)} of training time` : null,
    sampling === null ? null : `Measured to stay within it: ${sampling}`,
    projectionWords(run),
    ...tailOf(run),
    run.problems.length > 0 ? pluralise(run.problems.length, 'problem') : null,
    'Click to show the saturation panel',
  ]
  return {
    icon: failed || broken !== null ? 'warning' : 'graph',
    text: joined(text),
    tooltip: tooltip.filter((line) => line !== null && line !== '').join('\n'),
    failed,
  }
}

/** The tail that saturation and probes show; empty where they show none, or nothing was probed. */
function tailOf(run: RunState): string[] {
  const network = probedNetwork(run)
  return network ? tailWords(network) : []
}

/** How far all layers can be projected; null where that was not tried. */
function projectionWords({ projection }: RunState): string | null {
  const curve = projection?.curves.find(({ layer, basis }) => layer === null && basis === 'eigenspace')
  return projection && curve ? smallestDelta(projection, curve) : null
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ')
}
