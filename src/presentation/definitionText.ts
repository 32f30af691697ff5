import { measuredLayers, percent, sampledShare } from '../advice/verdict.ts'
import { chosenOptions, DEFAULT_OPTIONS, type MeasureOptions } from '../protocol/measureOptions.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'
import type { RunState } from '../run/state.ts'

/** What the numbers are, in two sentences: a number without its definition cannot be trusted. */
export function definition(run: RunState): string {
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
    ...(shares.length > 0 ? [`sampled ${range(shares)} of observations`] : []),
  ]
  return (
    `Saturation is the share of a layer’s dimensions that hold ${percent(delta)} of its output’s variance. ` +
    `Measured: ${facts.join(', ')}. A thin mark on a bar is the evaluation split.`
  )
}

function windowOf({ window, halfLife }: MeasureOptions, epochs: boolean): string {
  if (window === 'exponential') return `the latest, weights halving every ${halfLife.toLocaleString('en')} observations`
  return epochs && window === 'epoch'
    ? `epoch so far, or as many as ${OBSERVATIONS_PER_FEATURE} observations per dimension take`
    : 'run so far'
}

function range(shares: number[]): string {
  const [low, high] = [percent(Math.min(...shares)), percent(Math.min(1, Math.max(...shares)))]
  return low === high ? low : `${low.replace(' %', '')}–${high}`
}
