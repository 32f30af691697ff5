import { judge, measuredLayers, percent, type Thresholds } from '../advice/verdict.ts'
import type { RunState } from '../run/state.ts'
import { samplingWords } from './sampling.ts'
import { duration, endedBadly, phaseWords, position, progressWords, timeLeft } from './progress.ts'

/** What the status bar says of a run. */
export interface StatusText {
  /** With VS Code's `$(icon)` syntax. */
  text: string
  /** Lines of plain text. */
  tooltip: string
  failed: boolean
}

/** The run in one line, `$(graph) Epoch 3/12 · 42 % · 3 underused`, and in a few more for the tooltip. */
export function statusText(run: RunState, thresholds: Thresholds): StatusText {
  const layers = measuredLayers(run)
  const underused = layers.filter((layer) => judge(layer, thresholds).kind === 'underused').length
  const failed = endedBadly(run)
  const left = timeLeft(run)
  const where = position(run.progress)
  const advice = underused > 0 ? `${underused} underused` : null

  const thinned = samplingWords(run.overhead?.sampling)

  const head = run.ended ? (failed ? `Training ${run.ended.how}` : phaseWords(run)) : progressWords(run)
  const text = [head, advice].filter((part) => part !== null).join(' · ')

  const tooltip = [
    run.script,
    [phaseWords(run), where].filter((part) => part !== null).join(' · '),
    left === null ? null : `${duration(left)} left`,
    layers.length > 0 ? `${underused} of ${layers.length} measured layers underused` : null,
    run.overhead ? `Monitoring takes ${percent(run.overhead.share)} of training time` : null,
    thinned === null ? null : `Measured to stay within it: ${thinned}`,
    run.problems.length > 0 ? `${run.problems.length} ${run.problems.length === 1 ? 'problem' : 'problems'}` : null,
    'Click to show the saturation panel',
  ]
  return {
    text: `${failed ? '$(warning)' : '$(graph)'} ${text}`,
    tooltip: tooltip.filter((line) => line !== null && line !== '').join('\n'),
    failed,
  }
}
