import { accuracy, mean, percent, profile, table, verdict } from '../chapter.mjs'
import { RESOLUTIONS } from '../steps.mjs'

/** Resolution of the images as they are, by what they are. */
const OWN = { cifar: 32, mnist: 28 }

/** @param {import('../runs.mjs').Runs} runs @param {import('../chapter.mjs').Tools} tools @returns {import('../chapter.mjs').Chapter} */
export function resolution(runs, { draw, parts }) {
  const own = runs.data.length > 0 ? OWN.cifar : OWN.mnist
  const trained = [own, ...RESOLUTIONS]
    .sort((a, b) => a - b)
    .flatMap((size) => {
      const name = size === own ? 'base' : `input${size}`
      if (!runs.has(name)) return []
      const report = runs.result(name)
      const saturation = profile(report).map((layer) => layer.saturation)
      return [
        {
          size,
          accuracy: accuracy(report),
          mean: mean(saturation),
          evenness: parts.evennessOf(saturation) ?? NaN,
          layers: profile(report),
        },
      ]
    })
  const best = trained.reduce((a, b) => (b.accuracy > a.accuracy ? b : a))
  const even = trained.reduce((a, b) => (b.evenness > a.evenness ? b : a))
  const names = (trained[0]?.layers ?? []).map(({ name }) => name)
  const chart = draw('resolution', {
    title: 'Saturation of each convolution, by the resolution of the images',
    categories: names,
    lines: trained.map(({ size, layers }) => ({
      name: `${size} × ${size}`,
      values: layers.map((layer) => layer.saturation),
    })),
  })
  const last = trained.map(({ layers }) => layers.at(-1)?.saturation ?? NaN)
  return {
    title: 'A resolution that fits the network spreads inference evenly, and raises performance',
    text: [
      `The images are resized behind the input, so that what they show stays the same. Evenness is the entropy of the profile, divided by that of equal saturations.`,
      chart.markdown,
      table(
        ['resolution', 'val_acc', 'mean saturation', 'evenness', 'last convolution'],
        trained.map((each, i) => [
          `${each.size} × ${each.size}`,
          percent(each.accuracy),
          percent(each.mean),
          each.evenness.toFixed(3),
          percent(last[i] ?? NaN, 0),
        ]),
      ),
      verdict(
        (last.at(-1) ?? NaN) > (last[0] ?? NaN),
        `the tail fills up with the resolution: the last convolution is at ${percent(last[0] ?? NaN, 0)} with images of ${trained[0]?.size}, at ${percent(last.at(-1) ?? NaN, 0)} with ${trained.at(-1)?.size}.`,
      ),
      verdict(
        best === even,
        `the best accuracy (${percent(best.accuracy)}) is at ${best.size}, the most even profile (${even.evenness.toFixed(3)}) at ${even.size}.`,
      ),
      best === trained.at(-1) || best === trained[0]
        ? 'The best accuracy is at an end of what was tried, so that an optimum between is not shown.'
        : `The best accuracy is between the ends of what was tried.`,
    ],
    pictures: { [chart.file]: chart.svg },
  }
}
