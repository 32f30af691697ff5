import { mean, percent, table, verdict } from '../chapter.mjs'

/** Points of saturation that an estimate may be off and still show the same. */
const NEAR = 0.05

/** @param {import('../runs.mjs').Runs} runs @param {import('../chapter.mjs').Tools} tools @returns {import('../chapter.mjs').Chapter} */
export function online(runs, { draw }) {
  /** @type {import('../../../src/comparison/exact/compareWithExact.ts').ComparedWithExact} */
  const { layers, examples, notes } = runs.result('online')
  const names = layers.map(({ name }) => name)
  const chart = draw('online', {
    title: 'Saturation measured online within the budget, and from the exact covariance at the last weights',
    categories: names,
    lines: [
      { name: 'online', values: layers.map((layer) => layer.online.saturation) },
      {
        name: 'exact',
        values: layers.map((layer) => layer.exact.saturation),
        intervals: layers.map(({ width, exact: { low, high } }) => [low && low / width, high && high / width]),
      },
    ],
  })
  const errors = layers.map(({ error }) => Math.abs(error.saturation.value))
  return {
    title: 'The covariance can be approximated online',
    text: [
      `Three epochs with 2,000 images. Online: rows sampled within 3 % of the training time, while weights move. Exact: all rows of ${examples.toLocaleString('en')} images at the last weights, with 95 % bands.`,
      chart.markdown,
      table(
        ['layer', 'k online', 'k exact', 'band', 'error of the saturation', 'rows online', 'rows exact'],
        layers.map(({ name, width, online: own, exact, error }) => [
          name,
          `${own.k}/${width}`,
          String(exact.k),
          exact.low === null ? '–' : `${exact.low} to ${exact.high}`,
          `${(100 * error.saturation.value).toFixed(1)} points`,
          own.observations.toLocaleString('en'),
          exact.observations.toLocaleString('en'),
        ]),
      ),
      ...notes,
      verdict(
        Math.max(...errors) <= NEAR,
        `the saturation is off by ${percent(mean(errors))} on average, by ${percent(Math.max(...errors))} at most (wanted: ${percent(NEAR, 0)} at most).`,
      ),
    ],
    pictures: { [chart.file]: chart.svg },
  }
}
