import { mean, percent, table, verdict } from '../chapter.mjs'

/** The strict border of a VGG16 at 32 × 32: the first convolution whose input already sees the whole image. */
const BORDER = 'conv8'
/** Gain of a probe, in the accuracy, that counts as none. */
const PLATEAU = 0.02

/** @param {import('../runs.mjs').Runs} runs @param {import('../chapter.mjs').Tools} tools @returns {import('../chapter.mjs').Chapter} */
export function contribution(runs, { draw }) {
  /** @type {import('../../../src/report/probeJson.ts').ProbeJson} */
  const probed = runs.result('probes')
  const layers = probed.layers.filter(({ name }) => name.startsWith('conv'))
  const names = layers.map(({ name }) => name)
  const border = names.indexOf(BORDER)
  const values = layers.map(({ value }) => value ?? NaN)
  const saturations = layers.map(({ saturation }) => saturation ?? NaN)
  const best = Math.max(...values)
  const plateau = values.findIndex((value) => value >= best - PLATEAU)
  const own = probed.own?.value ?? null
  const chart = draw('contribution', {
    title: 'Accuracy of a linear probe on each convolution of a VGG16, over its saturation',
    categories: names,
    lines: [
      { name: 'saturation', values: saturations, bars: true },
      { name: 'accuracy of the probe', values, intervals: layers.map(({ interval }) => interval) },
      ...(own === null ? [] : [{ name: 'accuracy of the network', values: names.map(() => own), dashed: true }]),
    ],
    shaded: border >= 0 ? { from: border, words: 'behind the border layer' } : null,
  })
  const [before, behind] = [mean(saturations.slice(0, border)), mean(saturations.slice(border))]
  const gain = (values.at(-1) ?? NaN) - (values[border - 1] ?? NaN)
  return {
    title: 'Saturation shows which layers contribute',
    text: [
      `A VGG16 is too deep for images of 32 × 32: from ${BORDER} on, each convolution takes what has already seen the whole image (strict border rule).`,
      chart.markdown,
      table(
        ['layer', 'saturation', 'probe'],
        layers.map(({ name }, i) => [name, percent(saturations[i] ?? NaN, 0), percent(values[i] ?? NaN)]),
      ),
      verdict(
        plateau <= border + 1,
        `probes reach the plateau (within ${100 * PLATEAU} points of the best, ${percent(best)}) at ${names[plateau]}; behind the border they gain ${percent(gain)}.`,
      ),
      verdict(
        behind < before / 2,
        `before the border the mean saturation is ${percent(before, 0)}, behind it ${percent(behind, 0)}.`,
      ),
      ...(probed.tail ? probed.tail.words : []),
    ],
    pictures: { [chart.file]: chart.svg },
  }
}
