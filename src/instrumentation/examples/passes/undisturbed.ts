import { uniformGenerator } from '../../../saturation/linalg/uniform.ts'
import { globalOf, rootOf } from '../../tfjs/realm.ts'
import type { Engine, Layer, Tensor } from '../../tfjs/tfjs.ts'
import type { Model } from '../fittedModel.ts'

/** A recurrent layer that goes on from batch to batch. */
interface Stateful extends Layer {
  stateful?: boolean
  states_?: Tensor[] | null
  keptStates?: unknown
}

/** Seed of the random numbers that a model draws in an evaluation of ours. */
const SEED = 0x5a7e

/**
 * Runs a forward pass of our own so that the program does not notice: hooks into layers' calls are not called, recurrent
 * layers have the states again that they had, and random numbers are drawn from a generator of our own. So each pass
 * draws the same, and two networks are compared on the same noise. All tensors that the pass makes are freed.
 * @param pass must be synchronous.
 */
export function undisturbed<T>(engine: Engine, model: Model, pass: () => T): T {
  const layers = layersWithin(model)
  const restore: (() => void)[] = []
  try {
    restore.push(replaceRandom(model))
    for (const layer of layers) restore.push(withoutHook(layer), withStates(engine, layer))
    return engine.tidy(pass)
  } finally {
    for (const undo of restore.reverse()) undo()
  }
}

/** All layers of a model: those of models within it, of wrappers and both directions of these included. */
export function layersWithin(model: Layer): Layer[] {
  const found = new Set<Layer>()
  const add = (layer: Layer | undefined): void => {
    if (!layer || found.has(layer)) return
    found.add(layer)
    const { forwardLayer, backwardLayer } = layer as { forwardLayer?: Layer; backwardLayer?: Layer }
    for (const inner of [...(layer.layers ?? []), layer.layer, forwardLayer, backwardLayer]) add(inner)
  }
  add(model)
  return [...found]
}

function replaceRandom(model: Layer): () => void {
  const { Math: math } = (globalOf(rootOf(model)) ?? globalThis) as { Math: Math }
  const before = Object.getOwnPropertyDescriptor(math, 'random')
  // In a realm with frozen intrinsics it stays.
  if (!before?.configurable) return () => undefined
  Object.defineProperty(math, 'random', { ...before, value: uniformGenerator(SEED) })
  return () => void Object.defineProperty(math, 'random', before)
}

function withoutHook(layer: Layer): () => void {
  const { _callHook: hook } = layer
  if (!hook) return () => undefined
  layer._callHook = null
  return () => (layer._callHook = hook)
}

/** Gives a stateful layer copies of its states, which it may dispose of. */
function withStates(engine: Engine, layer: Stateful): () => void {
  const { stateful, states_: states, keptStates } = layer
  if (stateful !== true) return () => undefined
  layer.states_ = states?.map((state) => engine.keep(engine.runKernel('Identity', { x: state }))) ?? null
  layer.keptStates = []
  return () => {
    for (const state of layer.states_ ?? []) state.dispose()
    layer.states_ = states ?? null
    layer.keptStates = keptStates
  }
}
