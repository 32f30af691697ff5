import { shuffled } from './random.mjs'

/**
 * @typedef {import('./network/network.mjs').Network} Network
 * @typedef {import('./network/network.mjs').Fold} Fold
 * @typedef {import('../../src/folding/recipe.ts').RecipeGroup} Group
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
  /** @type {Fold} */
  const chosen = (group, width) => estimates.fold(group, width)
  const randomUnits = (/** @type {Group} */ group, /** @type {number} */ width) =>
    shuffled(group.width, seed)
      .slice(0, width)
      .sort((a, b) => a - b)
  /** @type {Fold} */
  const random = (group, width) => {
    const units = randomUnits(group, width)
    const fitted = recipe.consumers.flatMap(({ id, group: of, constant }) => {
      const own = moments.get(id)
      if (of !== group.id || !own) return []
      return [/** @type {const} */ ([id, parts.reconstruction(constant ? own : parts.aboutZero(own), units)])]
    })
    return { units, estimates: new Map(fitted), restorations: new Map() }
  }
  return {
    chosen,
    random: remembered(random),
    unfolded: remembered(keptOnly(network, (group, width) => chosen(group, width).units)),
    'random, unfolded': remembered(keptOnly(network, randomUnits)),
  }
}

/**
 * Keeps units without giving the others' share to them.
 * @param {Network} network @param {(group: Group, width: number) => readonly number[]} unitsOf @returns {Fold}
 */
export function keptOnly({ recipe }, unitsOf) {
  return (group, width) => {
    const units = unitsOf(group, width)
    const matrix = new Float64Array(group.width * width)
    units.forEach((unit, s) => (matrix[unit * width + s] = 1))
    const estimate = { units, matrix, constant: new Float64Array(group.width), ridge: 0 }
    const consumers = recipe.consumers.filter((consumer) => consumer.group === group.id)
    return { units, estimates: new Map(consumers.map(({ id }) => [id, estimate])), restorations: new Map() }
  }
}

/** @param {Fold} fold @returns {Fold} */
function remembered(fold) {
  const folds = new Map()
  return (group, width) => {
    const key = `${group.id} ${width}`
    if (!folds.has(key)) folds.set(key, fold(group, width))
    return folds.get(key)
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
