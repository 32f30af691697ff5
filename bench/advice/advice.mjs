/**
 * Measures what networks keep that are narrowed on real data: how many parameters are saved, and the metric before any
 * training, after half of the epochs more, and from scratch, beside controls.
 *
 *     npm run bench -- advice --models mlp,cnn --seeds 1,2,3 --cifar FOLDER --results FILE --epochs 6 --examples 4000
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { foldsOf, shareWidths, uniformWidths } from './folds.mjs'
import { narrowedEarly } from './early.mjs'
import { MODELS } from './models.mjs'
import { train } from './network/network.mjs'
import { loadParts } from './network/parts.mjs'
import { Tracing } from './network/tracedModel.mjs'
import { wideNetwork } from './network/wide.mjs'
import { pathSteps } from './path.mjs'
import { pfaControls } from './pfa/pfa.mjs'
import { seeded } from './random.mjs'
import { Results } from './results.mjs'

/** The step of the path whose widths the controls have, or as many parameters. */
const CONTROLLED = 'T 1'
/** What is measured, where `--measures` names no other. */
export const MEASURES = [
  'wide on',
  'inherited',
  'uniform widths',
  'no folding',
  'random units',
  'one share',
  'random units; no folding',
  'PFA',
  'scratch',
  'early',
]

/**
 * @typedef {object} AdviceOptions
 * @property {string[]} models @property {number[]} seeds
 * @property {string} [cifar] folder with CIFAR-10 @property {string} results file of JSON lines, which is continued
 * @property {number} [epochs] @property {number} [examples]
 * @property {string[]} measures of `MEASURES`
 * @property {(text: string) => void} report
 */

/** @param {AdviceOptions} options @returns {Promise<import('./results.mjs').AdviceResult[]>} all results of the file */
export async function measureAdvice(options) {
  mkdirSync(path.dirname(options.results), { recursive: true })
  const parts = await loadParts()
  const tracing = new Tracing(parts)
  for (const seed of options.seeds)
    for (const name of options.models) {
      tf.engine().startScope()
      await measureModel(parts, tracing, name, seed, options)
      tf.engine().endScope()
    }
  return new Results(options.results).all
}

/**
 * @param {import('./network/parts.mjs').Parts} parts @param {Tracing} tracing @param {string} name @param {number} seed
 * @param {AdviceOptions} options
 */
async function measureModel(parts, tracing, name, seed, options) {
  const known = MODELS[name]
  if (!known) throw new Error(`There is no model ${name}; there are ${Object.keys(MODELS).join(', ')}.`)
  const description = { ...known, epochs: options.epochs ?? known.epochs }
  const results = new Results(options.results, name, seed, options.report)
  const isWanted = (/** @type {string} */ what) => options.measures.includes(what)
  const split = description.data(options.cifar, options.examples ?? known.examples)
  if (isWanted('early'))
    await results.once('early', null, () => narrowedEarly(parts, tracing, { description, seed, split }))
  if (options.measures.every((what) => what === 'early')) return

  const folder = path.join(path.dirname(options.results), 'wide')
  const network = await wideNetwork(parts, tracing, { name, description, seed, split, folder })
  const folds = foldsOf(network, seed)
  const half = Math.ceil(description.epochs / 2)
  /** @typedef {import('./network/network.mjs').Widths} Widths @typedef {import('./network/network.mjs').Fold} Fold */
  /** Before any training and after it. @param {Widths} widths @param {Fold} fold */
  const inherited = async (widths, fold) => {
    const heir = network.inherited(widths, fold)
    const cold = network.value(heir, 'reports').result
    const seconds = await train(heir, split.train, half, seed + 100)
    return { parameters: network.parameters(widths), cold, value: network.value(heir, 'reports').result, seconds }
  }
  /** @param {Widths} widths */
  const scratch = async (widths) => {
    const model = await seeded(seed + 200, () => network.made(widths))
    const seconds = await train(model, split.train, description.epochs, seed)
    return { value: network.value(model, 'reports').result, seconds }
  }
  await results.once('wide', null, () => ({
    parameters: network.model.countParams(),
    value: network.value(network.model, 'reports').result,
    epochs: [description.epochs, half],
  }))
  for (const { at, ...step } of results.has('path') ? [] : pathSteps(network, folds.chosen))
    await results.once('path', at, () => step)
  if (isWanted('wide on')) await results.once('wide on', null, () => inherited(new Map(), folds.chosen))
  const steps = results.of('path').map(({ at = '', widths = {} }) => ({ at, widths: new Map(Object.entries(widths)) }))
  /** Two steps can be one network. @param {string} what @param {string} at @param {Widths} widths @param {() => Promise<object>} measure */
  const onceForWidths = (what, at, widths, measure) => {
    const twins = steps.filter((other) => [...widths].every(([id, width]) => other.widths.get(id) === width))
    const known = results.of(what).find((each) => twins.some((twin) => twin.at === each.at))
    return results.once(what, at, () => (known ? { ...known, at } : measure()))
  }
  const controlled = steps.find(({ at }) => at === CONTROLLED)
  if (isWanted('inherited'))
    for (const { at, widths } of steps)
      await onceForWidths('inherited', at, widths, () => inherited(widths, folds.chosen))
  if (!controlled) return
  const { widths } = controlled
  const parameters = network.parameters(widths)
  if (isWanted('scratch')) {
    await onceForWidths('scratch', CONTROLLED, widths, () => scratch(widths))
    const uniform = uniformWidths(network, parameters)
    await results.once('uniform widths, scratch', CONTROLLED, () => scratch(uniform))
  }
  /** @type {[name: string, widths: () => Widths, fold: Fold][]} */
  const controls = [
    ['uniform widths', () => uniformWidths(network, parameters), folds.chosen],
    ['no folding', () => widths, folds.unfolded],
    ['random units', () => widths, folds.random],
    ['one share', () => shareWidths(network, parameters), folds.chosen],
    ['random units; no folding', () => widths, folds['random, unfolded']],
  ]
  for (const [what, widths, fold] of controls)
    if (isWanted(what)) await results.once(what, CONTROLLED, () => inherited(widths(), fold))
  if (isWanted('PFA') && !results.has('PFA-KL, own units'))
    for (const { what, widths, fold, ...more } of await pfaControls(network, folds, parameters, options.report))
      await results.once(what, CONTROLLED, async () => ({ ...(await inherited(widths, fold)), ...more }))
}
