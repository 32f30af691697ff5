import { percent, table, verdict } from '../chapter.mjs'

/** Deltas that the table has. */
const SHOWN = [1, 0.9995, 0.999, 0.998, 0.996, 0.99, 0.98, 0.95, 0.9]

/** @param {import('../runs.mjs').Runs} runs @param {import('../chapter.mjs').Tools} tools @returns {import('../chapter.mjs').Chapter} */
export function lossless(runs, { draw }) {
  /** @type {import('../../../src/protocol/trials/projection.ts').Projected} */
  const projected = runs.result('lossless')
  const curves = projected.curves.filter(({ layer }) => layer === null)
  const plain = projected.plain.metric ?? NaN
  const at = (/** @type {string} */ basis, /** @type {number} */ delta) =>
    curves.find((curve) => curve.basis === basis)?.points.find((point) => point.delta === delta)
  const share = (/** @type {string} */ basis, /** @type {number} */ delta) => (at(basis, delta)?.metric ?? NaN) / plain
  const deltas = (curves[0]?.points ?? []).map(({ delta }) => delta)
  const chart = draw('lossless', {
    title: 'Accuracy while all layers are projected, over delta',
    categories: deltas.map(String),
    lines: [
      ...curves.map(({ basis, points }) => ({
        name: basis,
        values: deltas.map((delta) => points.find((point) => point.delta === delta)?.metric ?? null),
      })),
      { name: 'not projected', values: deltas.map(() => plain), dashed: true },
    ],
  })
  const rows = SHOWN.filter((delta) => deltas.includes(delta)).map((delta) => [
    String(delta),
    `${at('eigenspace', delta)?.dimensions ?? '–'}`,
    ...['eigenspace', 'uncentred', 'random'].map((basis) => cell(at(basis, delta)?.metric, plain)),
  ])
  const [near, middle, random] = [share('eigenspace', 0.999), share('eigenspace', 0.99), share('random', 0.99)]
  return {
    title: 'A layer’s output can be restricted to its eigenspace without loss',
    text: [
      `All convolutions of the trained network are projected at once, on ${projected.examples.reporting.toLocaleString('en')} validation images that chose nothing; ${percent(plain)} of them are recognised without projection.`,
      chart.markdown,
      table(['delta', 'dimensions', 'eigenspace', 'uncentred', 'random'], rows),
      'In brackets: share of the accuracy without projection. “Random” has as many directions as the eigenspace.',
      verdict(near >= 0.99, `at delta .999 the network keeps ${near.toFixed(3)} of its accuracy (wanted: .99).`),
      verdict(
        middle >= 0.95,
        `at delta .99 it keeps ${middle.toFixed(3)} (wanted: .95; the paper’s twenty VGG lose .146 on average).`,
      ),
      verdict(random <= 0.5, `random directions at .99 keep ${random.toFixed(3)} (wanted: at most .5).`),
    ],
    pictures: { [chart.file]: chart.svg },
  }
}

/** @param {number | null | undefined} value @param {number} plain */
function cell(value, plain) {
  return value === null || value === undefined ? '–' : `${percent(value)} (${(value / plain).toFixed(3)})`
}
