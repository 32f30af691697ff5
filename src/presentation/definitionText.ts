import { measuredLayers, sampledShare } from '../advice/verdict.ts'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../protocol/measureOptions.ts'
import { OBSERVATIONS_PER_FEATURE, STEPS_PER_WINDOW } from '../run/sufficiency.ts'
import type { RunState } from '../run/state.ts'
import { chosenOptions } from './chosenOptions.ts'
import { number, percent, percentRange } from './numbers.ts'

/** Defines the numbers of the panel in three sentences: a number without its definition cannot be trusted. */
export function definitionText(run: RunState): string {
  const delta = run.attached?.delta ?? 0.99
  const options = run.attached?.measure ?? DEFAULT_OPTIONS
  const epochs = run.progress ? run.progress.epoch !== null : true
  const measurements = measuredLayers(run).flatMap((layer) => (layer.train ? [layer.train] : []))
  const shares = measurements.filter(({ seen }) => seen > 0).map(sampledShare)
  const facts = [
    options.preActivation ? 'output before fused activations' : 'post-activation output',
    'training split',
    `window: ${windowOf(options, epochs)}`,
    `delta ${percent(delta)}`,
    ...chosenOptions({ ...options, window: 'epoch', preActivation: false }),
    ...(shares.length > 0
      ? [`sampled ${percentRange(Math.min(...shares), Math.min(1, Math.max(...shares)))} of observations`]
      : []),
  ]
  return (
    `Saturation is the share of a layer’s dimensions that hold ${percent(delta)} of its output’s variance. ` +
    `Measured: ${facts.join(', ')}. A thin mark on a bar is the evaluation split.`
  )
}

function windowOf({ window, halfLife }: MeasureOptions, epochs: boolean): string {
  if (window === 'exponential') return `the latest, weights halving every ${number(halfLife)} observations`
  if (window !== 'epoch') return 'run so far'
  return epochs
    ? `epoch so far, or as many as ${OBSERVATIONS_PER_FEATURE} observations per dimension take`
    : `${STEPS_PER_WINDOW} steps, or as many as ${OBSERVATIONS_PER_FEATURE} observations per dimension take`
}
