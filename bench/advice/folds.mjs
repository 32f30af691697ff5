import { generator } from './random.mjs'

/**
 * @typedef {import('./network.mjs').Network} Network
 * @typedef {import('./network.mjs').Fold} Fold
 */

/**
 * The ways to choose and to estimate units that are compared: the product's, random units, and units that are kept
 * without giving the others' share to them.
 * @param {Network} network @param {number} seed
 * @returns {Record<'chosen' | 'random' | 'unfolded' | 'random, unfolded', Fold>}
 */
export function foldsOf(network, seed) {
  const { parts, recipe, moments } = network
  const estimates = new parts.GroupEstimates(recipe, moments)
  const remembered = new Map()
  /** @param {string} name @param {Fold} fold @returns {Fold} */
  const once = (name, fold) => (group, width) => {
    const key = `${name} ${group.id} ${width}`
    if (!remembered.has(key)) remembered.set(key, fold(group, width))
    return remembered.get(key)
  }
  /** @type {Fold} */
  const chosen = (group, width) => estimates.fold(group, width)
  /** @type {Fold} */
  const random = (group, width) => {
    const next = generator(seed)
    const shuffled = Array.from({ length: group.width }, (_, unit) => ({ unit, at: next() })).sort(
      (a, b) => a.at - b.at,
    )
    const units = shuffled.slice(0, width).map(({ unit }) => unit)
    units.sort((a, b) => a - b)
    const consumers = recipe.consumers.filter((consumer) => consumer.group === group.id)
    const fitted = consumers.map(({ id, constant }) => {
      const own = moments.get(id)
      if (!own) throw new Error(`${id} was not measured`)
      return /** @type {const} */ ([id, parts.reconstruction(constant ? own : parts.aboutZero(own), units)])
    })
    return { units, estimates: new Map(fitted) }
  }
  /** @param {Fold} fold @returns {Fold} */
  const unfolded = (fold) => (group, width) => {
    const { units, estimates: fitted } = fold(group, width)
    const matrix = new Float64Array(group.width * width)
    units.forEach((unit, s) => (matrix[unit * width + s] = 1))
    const estimate = { units, matrix, constant: new Float64Array(group.width), ridge: 0 }
    return { units, estimates: new Map([...fitted.keys()].map((id) => [id, estimate])) }
  }
  return {
    chosen,
    random: once('random', random),
    unfolded: once('unfolded', unfolded(chosen)),
    'random, unfolded': once('random, unfolded', unfolded(random)),
  }
}

/** Groups that can be narrowed. @param {Network} network */
export function openGroups({ parts, recipe, moments }) {
  const estimates = new parts.GroupEstimates(recipe, moments)
  return recipe.groups.filter((group) => estimates.reasonToKeep(group) === null)
}

/**
 * One factor for all widths, which gives about as many parameters.
 * @param {Network} network @param {number} parameters
 */
export function uniformWidths(network, parameters) {
  const groups = openGroups(network)
  return closest(network, parameters, (factor) =>
    groups.map(({ id, width }) => [id, Math.max(2, Math.round(width * factor))]),
  )
}

/**
 * One share of the variance for all layers, which gives about as many parameters.
 * @param {Network} network @param {number} parameters
 */
export function shareWidths(network, parameters) {
  const estimates = new network.parts.GroupEstimates(network.recipe, network.moments)
  const groups = openGroups(network)
  // Shares near 1 need finer steps.
  return closest(network, parameters, (x) =>
    groups.map((group) => [group.id, Math.max(2, estimates.widthOfShare(group, 1 - (1 - x) ** 3))]),
  )
}

/**
 * @param {Network} network @param {number} parameters @param {(x: number) => [string, number][]} widthsOf of x from 0 to 1
 */
function closest(network, parameters, widthsOf) {
  let [low, high] = [0, 1]
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2
    if (network.parameters(new Map(widthsOf(middle))) > parameters) high = middle
    else low = middle
  }
  return new Map(widthsOf(low))
}
