/**
 * Measures what networks keep that are narrowed on real data: how many parameters are saved, and the metric before any
 * training, after half of the epochs more, and from scratch, beside controls.
 *
 *     npm run bench -- advice --models mlp,cnn --seeds 1,2,3 --cifar FOLDER --results FILE --epochs 6 --examples 4000
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { foldsOf, openGroups, shareWidths, uniformWidths } from './folds.mjs'
import { MODELS } from './models.mjs'
import { train } from './network.mjs'
import { loadParts } from './parts.mjs'
import { seeded } from './random.mjs'
import { Tracing } from './tracedModel.mjs'
import { wideNetwork } from './wide.mjs'

/** Points that the metric may fall on the examples that decide. */
const TOLERANCES = [0.5, 1, 2, 4]
/** The tolerance whose widths the controls have, or as many parameters. */
const CONTROLLED = 1

/**
 * @typedef {object} AdviceResult
 * @property {string} model @property {number} seed
 * @property {string} what what was measured; with the tolerance it is unique for a model and seed
 * @property {number} [tolerance] in points
 * @property {number} [parameters] @property {Record<string, number>} [widths]
 * @property {number} [value] the metric on the examples that report, in points
 * @property {number} [cold] the same before any training
 * @property {number} [seconds] of processor time
 * @property {number} [candidates] that the path has evaluated
 * @typedef {object} AdviceOptions
 * @property {string[]} models @property {number[]} seeds
 * @property {string} [cifar] folder with CIFAR-10 @property {string} results file of JSON lines, which is continued
 * @property {number} [epochs] @property {number} [examples]
 * @property {string[]} measures of wide on, inherited, scratch, controls
 * @property {(text: string) => void} report
 */

/** @param {AdviceOptions} options @returns {Promise<AdviceResult[]>} all results of the file */
export async function measureAdvice(options) {
  const { models, seeds, results } = options
  mkdirSync(path.dirname(results), { recursive: true })
  const parts = await loadParts()
  const tracing = new Tracing(parts)
  for (const name of models)
    for (const seed of seeds) {
      tf.engine().startScope()
      await measureModel(parts, tracing, name, seed, options)
      tf.engine().endScope()
    }
  return read(results)
}

/** @param {string} file @returns {AdviceResult[]} */
function read(file) {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line).map((line) => JSON.parse(line))
}

/**
 * @param {import('./parts.mjs').Parts} parts @param {Tracing} tracing @param {string} name @param {number} seed
 * @param {AdviceOptions} options
 */
async function measureModel(parts, tracing, name, seed, options) {
  const known = MODELS[name]
  if (!known) throw new Error(`There is no model ${name}; there are ${Object.keys(MODELS).join(', ')}.`)
  const description = { ...known, epochs: options.epochs ?? known.epochs }
  const done = read(options.results).filter((each) => each.model === name && each.seed === seed)
  const half = Math.ceil(description.epochs / 2)
  /** @param {string} what @param {number | undefined} tolerance @param {() => Partial<AdviceResult> | Promise<Partial<AdviceResult>>} measure */
  const once = async (what, tolerance, measure) => {
    if (done.some((each) => each.what === what && each.tolerance === tolerance)) return
    const result = { model: name, seed, what, ...(tolerance === undefined ? {} : { tolerance }), ...(await measure()) }
    done.push(result)
    appendFileSync(options.results, `${JSON.stringify(result)}\n`)
    options.report(JSON.stringify(result))
  }
  const split = description.data(options.cifar, options.examples ?? known.examples)
  const folder = path.join(path.dirname(options.results), 'wide')
  const { network } = await wideNetwork(parts, tracing, { name, description, seed, split, folder })
  const folds = foldsOf(network, seed)
  /** @param {import('./network.mjs').Widths} widths @param {import('./network.mjs').Fold} fold */
  const inherited = async (widths, fold) => {
    const heir = network.inherited(widths, fold)
    await train(heir, split.train, half, seed + 100)
    return network.value(heir, 'reports').result
  }
  /** @param {import('./network.mjs').Widths} widths @param {number} epochs */
  const scratch = async (widths, epochs) => {
    const model = await seeded(seed + 200, () => network.made(widths))
    await train(model, split.train, epochs, seed)
    return network.value(model, 'reports').result
  }
  await once('wide', undefined, () => ({
    parameters: network.model.countParams(),
    value: network.value(network.model, 'reports').result,
  }))
  if (!done.some(({ what }) => what === 'path')) {
    const steps = pathSteps(network, folds.chosen)
    for (const [tolerance, step] of steps)
      await once('path', tolerance, () => ({
        ...step,
        widths: Object.fromEntries(step.widths),
        cold: network.narrowedValue(step.widths, folds.chosen, 'reports').result,
      }))
  }
  const paths = TOLERANCES.flatMap((tolerance) => {
    const step = done.find((each) => each.what === 'path' && each.tolerance === tolerance)
    return step
      ? [{ tolerance, widths: new Map(Object.entries(step.widths ?? {})), parameters: step.parameters ?? 0 }]
      : []
  })
  const isWanted = (/** @type {string} */ what) => options.measures.includes(what)
  if (isWanted('wide on'))
    await once('wide on', undefined, async () => ({ value: await inherited(new Map(), folds.chosen) }))
  // Two tolerances can have the same network.
  /** @type {(what: string, widths: Map<string, number>) => AdviceResult | undefined} */
  const same = (what, widths) => {
    const twins = paths.filter((other) => [...widths].every(([id, width]) => other.widths.get(id) === width))
    return done.find((each) => each.what === what && twins.some(({ tolerance }) => tolerance === each.tolerance))
  }
  for (const { tolerance, widths } of paths) {
    if (isWanted('inherited'))
      await once('inherited', tolerance, async () => ({
        value: same('inherited', widths)?.value ?? (await inherited(widths, folds.chosen)),
      }))
    if (isWanted('scratch'))
      await once('scratch', tolerance, async () => ({
        value: same('scratch', widths)?.value ?? (await scratch(widths, description.epochs)),
      }))
  }
  const controlled = paths.find(({ tolerance }) => tolerance === CONTROLLED)
  if (!controlled || !isWanted('controls')) return
  const { widths, parameters } = controlled
  /** @type {[name: string, widths: import('./network.mjs').Widths, fold: import('./network.mjs').Fold][]} */
  const controls = [
    ['one share', shareWidths(network, parameters), folds.chosen],
    ['uniform widths', uniformWidths(network, parameters), folds.chosen],
    ['random units', widths, folds.random],
    ['no folding', widths, folds.unfolded],
    ['random units, no folding', widths, folds['random, unfolded']],
  ]
  for (const [what, widths, fold] of controls)
    await once(what, CONTROLLED, async () => ({
      parameters: network.parameters(widths),
      cold: network.narrowedValue(widths, fold, 'reports').result,
      value: await inherited(widths, fold),
    }))
  await once('uniform widths, scratch', CONTROLLED, async () => ({
    value: await scratch(uniformWidths(network, parameters), description.epochs),
  }))
}

/**
 * The narrowest networks of the path within each tolerance, by the examples that decide.
 * @param {import('./network.mjs').Network} network @param {import('./network.mjs').Fold} fold
 */
function pathSteps(network, fold) {
  const began = process.cpuUsage()
  let candidates = 0
  const judge = {
    parameters: (/** @type {import('./network.mjs').Widths} */ widths) => network.parameters(widths),
    evaluate: (/** @type {import('./network.mjs').Widths} */ widths) => {
      candidates++
      return network.narrowedValue(widths, fold, 'decides')
    },
  }
  /** @type {Map<number, { widths: import('./network.mjs').Widths, parameters: number, candidates: number, seconds: number }>} */
  const found = new Map()
  /** @type {import('../../src/folding/narrowingPath.ts').Step<number> | null} */
  let last = null
  const wide = network.value(network.model, 'decides').result
  const groups = openGroups(network)
  const estimates = new network.parts.GroupEstimates(network.recipe, network.moments)
  const starts = network.parts.networksOfShares(groups, (id, share) =>
    estimates.widthOfShare(/** @type {typeof groups[number]} */ (groups.find((group) => group.id === id)), share),
  )
  for (const step of network.parts.narrowingPath(groups, judge, starts)) {
    const { user, system } = process.cpuUsage(began)
    for (const tolerance of TOLERANCES)
      if (last && !found.has(tolerance) && wide - step.result > tolerance)
        found.set(tolerance, {
          widths: last.widths,
          parameters: last.parameters,
          candidates,
          seconds: (user + system) / 1e6,
        })
    if (found.size === TOLERANCES.length) break
    last = step
  }
  return found
}
