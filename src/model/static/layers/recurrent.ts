import { outputSize } from '../../receptiveField/mapSizes.ts'
import {
  Config,
  fixed,
  only,
  product,
  times,
  Unreadable,
  type FactsOf,
  type LayerFacts,
  type Shape,
  type StaticLayer,
} from '../layerFacts.ts'

/** The matrices of a cell: input and state to so many gates. */
const GATES: Readonly<Record<string, number>> = { simpleRNN: 1, gru: 3, lstm: 4 }

/** A cell of one time step. */
interface Cell {
  parameters: number
  multiplyAdds: number
  /** Sizes of its states; the first is the size of its output. */
  states: readonly number[]
}

function cell(factory: string, config: Config, size: number): Cell {
  const gates = GATES[factory]
  if (gates === undefined) throw new Unreadable(factory)
  const units = config.whole('units')
  const weights = gates * units * (size + units)
  const bias = config.flag('useBias', true) ? gates * units : 0
  return { parameters: weights + bias, multiplyAdds: weights, states: factory === 'lstm' ? [units, units] : [units] }
}

/** The cell of `tf.layers.rnn`: one of the library's, or several in a stack. */
function cellOf(layer: StaticLayer, size: number): Cell {
  if (layer.factory !== 'stackedRNNCells') return cell(layer.factory.replace(/Cell$/, ''), new Config(layer), size)
  let before = size
  const cells = new Config(layer).layers('cells').map((each) => {
    const made = cellOf(each, before)
    before = made.states[0]!
    return made
  })
  return {
    parameters: cells.reduce((sum, each) => sum + each.parameters, 0),
    multiplyAdds: cells.reduce((sum, each) => sum + each.multiplyAdds, 0),
    // The states of the last cell come first.
    states: cells.toReversed().flatMap(({ states }) => states),
  }
}

function overTime(config: Config, shape: Shape, cell: Cell): LayerFacts {
  const [batch = null, steps = null, , ...more] = shape
  if (shape.length !== 3 || more.length > 0) throw new Unreadable('rank')
  const [units] = cell.states
  const output = config.flag('returnSequences', false) ? [batch, steps, units!] : [batch, units!]
  const states = config.flag('returnState', false) ? cell.states.map((size) => [batch, size]) : []
  return {
    shapes: [output, ...states],
    parameters: cell.parameters,
    multiplyAdds: times(steps, cell.multiplyAdds),
    positions: 'all',
  }
}

/** `simpleRNN`, `gru` or `lstm`. Further inputs are initial states. */
export const recurrent =
  (factory: string): FactsOf =>
  (config, [shape = []]) =>
    overTime(config, shape, cell(factory, config, fixed(shape.at(-1))))

/** `tf.layers.rnn` with one cell or a list of them. */
export const rnn: FactsOf = (config, [shape = []]) => {
  const value = config.value('cell')
  const layer = Array.isArray(value)
    ? { factory: 'stackedRNNCells', config: { cells: value }, unknown: [] }
    : config.layer('cell')
  return overTime(config, shape, cellOf(layer, fixed(shape.at(-1))))
}

/** A recurrent layer whose matrices are convolutions; its state keeps the size of its output. */
export const convLstm2d: FactsOf = (config, inputs) => {
  const shape = only(inputs)
  const [batch = null, steps = null, ...map] = shape
  if (shape.length !== 5) throw new Unreadable('rank')
  config.choice('dataFormat', ['channelsLast'])
  if (config.flag('returnState', false)) throw new Unreadable('returnState')
  const [filters, channels] = [config.whole('filters'), fixed(map[2])]
  const [kernel, stride, dilation] = [
    config.each('kernelSize', 2),
    config.each('strides', 2, 1),
    config.each('dilationRate', 2, 1),
  ]
  const padding = config.choice('padding', ['valid', 'same'])
  const positions = map
    .slice(0, 2)
    .map((size, axis) =>
      size === null ? null : fixed(outputSize(size, kernel[axis]!, stride[axis]!, dilation[axis]!, padding)),
    )
  const weights = kernel[0]! * kernel[1]! * 4 * filters * (channels + filters)
  const output = [...positions, filters]
  return {
    shapes: [config.flag('returnSequences', false) ? [batch, steps, ...output] : [batch, ...output]],
    parameters: weights + (config.flag('useBias', true) ? 4 * filters : 0),
    multiplyAdds: times(product([steps, ...positions]), weights),
    positions: 'rearranged',
  }
}

/** The facts of a layer inside a wrapper. */
export type FactsOfLayer = (layer: StaticLayer, inputs: readonly Shape[]) => LayerFacts

/** The same layer at each time step. */
export const timeDistributed =
  (factsOf: FactsOfLayer): FactsOf =>
  (config, inputs) => {
    const [batch = null, steps = null, ...rest] = only(inputs)
    if (rest.length === 0) throw new Unreadable('rank')
    const inner = factsOf(config.layer('layer'), [[batch, ...rest]])
    const [shape] = inner.shapes
    return {
      shapes: [[shape![0] ?? null, steps, ...shape!.slice(1)]],
      parameters: inner.parameters,
      multiplyAdds: inner.multiplyAdds === null ? null : times(steps, inner.multiplyAdds),
      positions: 'rearranged',
    }
  }

/** A recurrent layer and the same backwards. */
export const bidirectional =
  (factsOf: FactsOfLayer): FactsOf =>
  (config, inputs) => {
    const inner = factsOf(config.layer('layer'), [inputs[0] ?? []])
    const mode = config.value('mergeMode') ?? 'concat'
    if (inner.shapes.length > 1 || !['concat', 'sum', 'mul', 'ave'].includes(mode as string))
      throw new Unreadable('mergeMode')
    const [shape] = inner.shapes
    return {
      shapes: [mode === 'concat' ? [...shape!.slice(0, -1), 2 * fixed(shape!.at(-1))] : shape!],
      parameters: 2 * inner.parameters,
      multiplyAdds: inner.multiplyAdds === null ? null : 2 * inner.multiplyAdds,
      positions: 'all',
    }
  }
