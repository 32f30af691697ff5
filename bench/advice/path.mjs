import { openGroups } from './folds.mjs'
import { secondsSince } from './network/network.mjs'

/** @typedef {import('./network/network.mjs').Widths} Widths */

/** Points that the metric may fall on the examples that decide: the narrowest network that falls by no more is measured. */
const TOLERANCES = { 'T 1': 1, 'T .5': 0.5 }
/** Shares of the parameters that are to be saved: the first network that saves so many is measured. */
const SAVED = { '80 %': 0.8, '65 %': 0.65 }
/** Points of the metric beyond which no network is looked for within the tolerances, as in the product, or at all. */
const [BEYOND, HOPELESS] = [3, 12]

/**
 * Narrows a network along the path.
 * @param {import('./network/network.mjs').Network} network @param {import('./network/network.mjs').Fold} fold
 * @param {typeof openGroups} [groupsOf]
 */
export function pathSteps(network, fold, groupsOf = openGroups) {
  const began = process.cpuUsage()
  let candidates = 0
  const judge = {
    cost: (/** @type {Widths} */ widths) => network.parameters(widths),
    evaluate: (/** @type {Widths} */ widths) => {
      candidates++
      return network.narrowedValue(widths, fold, 'decides')
    },
  }
  const groups = groupsOf(network)
  const estimates = new network.parts.GroupEstimates(network.recipe, network.moments)
  const starts = network.parts.networksOfShares(groups, (id, share) =>
    estimates.widthOfShare(/** @type {typeof groups[number]} */ (groups.find((group) => group.id === id)), share),
  )
  /** @type {Map<string, { widths: Record<string, number>, parameters: number, candidates: number, seconds: number }>} */
  const found = new Map(Object.keys(TOLERANCES).map((at) => [at, /** @type {any} */ (null)]))
  /** @type {{ cost: number, result: number } | null} */
  let wide = null
  for (const step of network.parts.narrowingPath(groups, judge, starts)) {
    wide ??= step
    const lost = wide.result - step.result
    const own = { widths: Object.fromEntries(step.widths), parameters: step.cost }
    const cost = { candidates, seconds: secondsSince(began) }
    for (const [at, tolerance] of Object.entries(TOLERANCES)) if (lost <= tolerance) found.set(at, { ...own, ...cost })
    for (const [at, share] of Object.entries(SAVED))
      if (!found.has(at) && step.cost <= (1 - share) * wide.cost) found.set(at, { ...own, ...cost })
    const hasSaved = Object.keys(SAVED).every((at) => found.has(at))
    if (lost > HOPELESS || (hasSaved && lost > BEYOND)) break
  }
  // All of the path has to be gone to know the last network within a tolerance.
  const cost = { candidates, seconds: secondsSince(began) }
  return [...found].map(([at, step]) => ({ at, ...step, ...(at in TOLERANCES ? cost : {}) }))
}
