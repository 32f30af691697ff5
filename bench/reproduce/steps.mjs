/** The trainings of the reproduction and what is done with them, in order. */

/** Arguments of the training script: ten convolutions, and thirteen, which are too many for images of 32 × 32. */
const SHALLOW = ['--depth', '13']
const DEEP = ['--depth', '16']
/** Names of the convolutions by their filters. */
const FILTERS = { 1: 16, 2: 16, 3: 32, 4: 32, 5: 64, 6: 64, 7: 128, 8: 128, 9: 128, 10: 128 }

/** @param {number} factor overrides that multiply all filters */
function filters(factor) {
  return Object.entries(FILTERS).map(([number, width]) => `conv${number}.filters=${width * factor}`)
}

/** Input resolutions that are trained beside the images' own. */
export const RESOLUTIONS = [16, 24, 48, 64]

/** By part: names of the results that its chapter needs. */
export const RESULTS = {
  lossless: ['base', 'lossless'],
  online: ['online'],
  convergence: ['base'],
  contribution: ['deep', 'probes'],
  altering: ['base', 'narrow', 'kernel5', 'input16'],
  resolution: ['base', 'input16'],
}

/**
 * By part: what it runs. Parts share trainings; what has ended is not repeated.
 * @type {Record<string, (runs: import('./runs.mjs').Runs) => Promise<unknown>>}
 */
export const STEPS = {
  async lossless(runs) {
    await runs.train('base', SHALLOW)
    await runs.after('lossless', ['project', '--seconds', '240'], SHALLOW, 'base')
  },
  // It compares what a training has measured online, so it trains; a short one will do.
  online: (runs) =>
    runs.after('online', ['exact', '--layer', 'conv*'], [...SHALLOW, '--epochs', '3', '--examples', '2000'], null),
  convergence: (runs) => runs.train('base', SHALLOW),
  async contribution(runs) {
    await runs.train('deep', DEEP)
    await runs.after('probes', ['probe', '--seconds', '600'], DEEP, 'deep')
  },
  async altering(runs) {
    await runs.train('base', SHALLOW)
    await runs.train('narrow', SHALLOW, filters(0.5))
    await runs.train('kernel5', SHALLOW, ['conv*.kernelSize=5'])
    await runs.train('input16', SHALLOW, ['input.size=16'])
  },
  async resolution(runs) {
    await runs.train('base', SHALLOW)
    for (const size of RESOLUTIONS) await runs.train(`input${size}`, SHALLOW, [`input.size=${size}`])
  },
}
