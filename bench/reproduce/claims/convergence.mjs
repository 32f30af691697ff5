import { percent, table, verdict } from '../chapter.mjs'

/** A layer has converged from the epoch on after which its saturation stays this near to the last one. */
const NEAR = 0.05

/** @param {import('../runs.mjs').Runs} runs @param {import('../chapter.mjs').Tools} tools @returns {import('../chapter.mjs').Chapter} */
export function convergence(runs, { draw }) {
  const { layers, run } = runs.result('base')
  const last = layers.find((/** @type {{ verdict: string }} */ { verdict: word }) => word === 'output')?.id
  /** @type {Map<string, number[]>} */
  const curves = new Map()
  let epoch = -1
  for (const event of runs.events('base')) {
    if (event.type !== 'saturation' || !event.endOfEpoch) continue
    epoch = event.epoch ?? epoch
    for (const layer of event.layers)
      if (layer.split === 'train' && layer.layer !== last)
        curves.set(layer.layer, [...(curves.get(layer.layer) ?? []), layer.k / layer.width])
  }
  const epochs = Math.max(...[...curves.values()].map((values) => values.length))
  const settled = [...curves].map(([name, values]) => ({ name, from: convergedFrom(values), of: values.length }))
  const median = [...settled].sort((a, b) => a.from - b.from)[Math.floor(settled.length / 2)]?.from ?? NaN
  const accuracies = run.epochs.map(
    (/** @type {{ metrics: Record<string, number> }} */ { metrics }) => metrics['val_acc'] ?? NaN,
  )
  const best = Math.max(...accuracies)
  const learned = accuracies.findIndex((/** @type {number} */ value) => value >= best - NEAR) + 1
  const chart = draw('convergence', {
    title: 'Saturation of every other convolution at the end of each epoch, and the validation accuracy',
    categories: Array.from({ length: epochs }, (_, i) => `epoch ${i + 1}`),
    lines: [
      // Every other one, so that each has a colour of its own.
      ...[...curves].filter((_, i) => i % 2 === 1).map(([name, values]) => ({ name, values })),
      { name: 'val_acc', values: accuracies, dashed: true },
    ],
  })
  return {
    title: 'Saturation converges early',
    text: [
      `Saturation of the training data at the end of each epoch. A layer has converged from the epoch on after which it stays within ${percent(NEAR, 0)} of its last value.`,
      chart.markdown,
      table(
        ['layer', 'first epoch', 'last epoch', 'converged from epoch'],
        [...curves].map(([name, values]) => [
          name,
          percent(values[0] ?? NaN, 0),
          percent(values.at(-1) ?? NaN, 0),
          String(convergedFrom(values)),
        ]),
      ),
      verdict(
        median <= epochs / 2,
        `half of the layers have converged by epoch ${median} of ${epochs}, the last of them at epoch ${Math.max(...settled.map(({ from }) => from))} (wanted: half of them within half of the epochs). The validation accuracy is within five points of its best (${percent(best)}) from epoch ${learned} on.`,
      ),
    ],
    pictures: { [chart.file]: chart.svg },
  }
}

/** @param {readonly number[]} values @returns {number} counted from 1 */
function convergedFrom(values) {
  const last = values.at(-1) ?? NaN
  return values.findLastIndex((value) => Math.abs(value - last) > NEAR) + 2
}
