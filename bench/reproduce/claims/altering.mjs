import { accuracy, mean, percent, profile, table, verdict } from '../chapter.mjs'

/** Trainings that differ in one thing, and what that is. */
const CHANGES = {
  base: 'as it is',
  narrow: 'half of the filters',
  kernel5: 'kernels of 5 × 5',
  input16: 'images of 16 × 16',
}

/** @param {import('../runs.mjs').Runs} runs @param {import('../chapter.mjs').Tools} tools @returns {import('../chapter.mjs').Chapter} */
export function altering(runs, { draw }) {
  const trained = Object.entries(CHANGES)
    .filter(([name]) => runs.has(name))
    .map(([name, words]) => {
      const report = runs.result(name)
      return { name, words, layers: profile(report), accuracy: accuracy(report) }
    })
  const names = (trained[0]?.layers ?? []).map((layer) => layer.name)
  const valuesOf = (/** @type {string} */ name) => {
    const layers = trained.find((each) => each.name === name)?.layers ?? []
    return names.map((each) => layers.find((layer) => layer.name === each)?.saturation ?? null)
  }
  const meanOf = (/** @type {string} */ name) => mean(valuesOf(name).map((value) => value ?? NaN))
  const distance = (/** @type {string} */ one, /** @type {string} */ other) => {
    const [a, b] = [valuesOf(one), valuesOf(other)]
    return mean(a.map((value, i) => Math.abs((value ?? NaN) - (b[i] ?? NaN))))
  }
  const chart = draw('altering', {
    title: 'Saturation of each convolution, with other filters, kernels and images',
    categories: names,
    lines: trained.map(({ name, words }) => ({ name: words, values: valuesOf(name) })),
  })
  const [alike, other] = [distance('kernel5', 'base'), distance('input16', 'base')]
  return {
    title: 'Saturation is altered by filters, kernel size and input resolution',
    text: [
      'Each training overrides one thing of the script, and is otherwise the same.',
      chart.markdown,
      table(
        ['', ...names, 'mean', 'val_acc'],
        trained.map(({ name, words, accuracy: value }) => [
          words,
          ...valuesOf(name).map((each) => (each === null ? '–' : (100 * each).toFixed(0))),
          (100 * meanOf(name)).toFixed(0),
          percent(value),
        ]),
      ),
      'Saturation in percent.',
      verdict(
        meanOf('narrow') > meanOf('base'),
        `with half of the filters the mean saturation is ${percent(meanOf('narrow'), 0)}, with all ${percent(meanOf('base'), 0)}: a narrower layer is fuller.`,
      ),
      verdict(
        meanOf('kernel5') < meanOf('base') && meanOf('input16') < meanOf('base'),
        `larger kernels (${percent(meanOf('kernel5'), 0)}) and smaller images (${percent(meanOf('input16'), 0)}) both enlarge the receptive field beside the image, and both lower the mean (${percent(meanOf('base'), 0)}).`,
      ),
      verdict(
        distance('kernel5', 'input16') < Math.max(alike, other),
        `kernels of 5 × 5 on images of 32 × 32 and of 3 × 3 on 16 × 16 have the same ratio of receptive field and image. Their profiles differ by ${percent(distance('kernel5', 'input16'))} a layer on average; from the profile as it is they differ by ${percent(alike)} and ${percent(other)}.`,
      ),
    ],
    pictures: { [chart.file]: chart.svg },
  }
}
