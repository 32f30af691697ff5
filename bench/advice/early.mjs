import { foldsOf, openGroups } from './folds.mjs'
import { built } from './models.mjs'
import { momentsOf, Network, secondsSince, train } from './network/network.mjs'
import { recipeOf } from './network/wide.mjs'
import { pathSteps } from './path.mjs'
import { seeded } from './random.mjs'

/** Epochs at least, of which a fifth is three: in fewer nobody sees whether a width moves. */
const MIN_EPOCHS = 15
/** Share of the epochs in which the network is wide. */
const WIDE_SHARE = 1 / 5
/** The step of the path that `saturation rightsize --early` takes. */
const BALANCED = 'T .5'

/**
 * Narrows a network after the first fifth of its epochs, but for groups whose widths still move, and trains it to the
 * end, beside the wide network in as many epochs. The time is of the wide epochs, the selection and the narrow epochs.
 * @param {import('./network/parts.mjs').Parts} parts @param {import('./network/tracedModel.mjs').Tracing} tracing
 * @param {{ description: import('./models.mjs').OversizedModel, seed: number, split: import('./data.mjs').Split }} options
 * @returns {Promise<Partial<import('./results.mjs').AdviceResult>>}
 */
export async function narrowedEarly(parts, tracing, { description, seed, split }) {
  const epochs = Math.max(MIN_EPOCHS, description.epochs)
  const wideEpochs = Math.ceil(epochs * WIDE_SHARE)
  const shape = split.train.xs.shape.slice(1)
  const make = () => seeded(seed, () => built(description, shape, (_, width) => width))
  const recipe = await recipeOf(tracing, make, split.train)
  const model = await make()
  /** @type {Map<string, number>[]} */
  const windows = []
  let before = 0
  for (let epoch = 0; epoch < wideEpochs; epoch++) {
    before += await train(model, split.train, 1, seed + epoch)
    windows.push(dimensionsOf(parts, recipe, momentsOf(parts, recipe, model, split.train.xs)))
  }
  const began = process.cpuUsage()
  const network = new Network(parts, description, split, recipe, model)
  const isSteady = (/** @type {string} */ id, /** @type {number} */ width) =>
    parts.hasSteadied(
      /** @type {any} */ ({ windows: windows.map((k99) => ({ k99: k99.get(id), width })), train: { width } }),
    )
  const steady = (/** @type {Network} */ network) => openGroups(network).filter(({ id, width }) => isSteady(id, width))
  const { chosen } = foldsOf(network, seed)
  const step = pathSteps(network, chosen, steady).find(({ at }) => at === BALANCED)
  const widths = new Map(Object.entries(step?.widths ?? {}))
  const heir = network.inherited(widths, chosen)
  const selection = secondsSince(began)
  const rest = epochs - wideEpochs
  const wideSeconds = await train(model, split.train, rest, seed + 100)
  const narrowSeconds = await train(heir, split.train, rest, seed + 100)
  return {
    widths: Object.fromEntries(widths),
    parameters: network.parameters(widths),
    value: network.value(heir, 'reports').result,
    baseline: network.value(model, 'reports').result,
    seconds: selection,
    time: (before + selection + narrowSeconds) / (before + wideSeconds),
  }
}

/**
 * Dimensions with 99 % of the variance, by group; the most of what its consumers take.
 * @param {import('./network/parts.mjs').Parts} parts @param {import('../../src/folding/recipe.ts').Recipe} recipe
 * @param {ReadonlyMap<string, import('../../src/saturation/units/moments.ts').Moments>} moments
 */
function dimensionsOf(parts, recipe, moments) {
  /** @type {Map<string, number>} */
  const dimensions = new Map()
  for (const { id, group } of recipe.consumers) {
    const own = moments.get(id)
    if (!own) continue
    const k99 = parts.dimension(parts.eigenvalues(own.covariance.slice(), own.mean.length), 0.99)
    dimensions.set(group, Math.max(k99, dimensions.get(group) ?? 0))
  }
  return dimensions
}
