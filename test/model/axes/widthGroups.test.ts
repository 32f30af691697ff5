import { describe, expect, it } from 'vitest'
import { AxisGraph } from '../../../src/model/axes/axisGraph.ts'
import type { Operation, TensorShape } from '../../../src/model/axes/trace.ts'
import { widthGroups, type LayerWidth } from '../../../src/model/axes/widthGroups.ts'

/** A step by hand: tensors get ids in the order in which they are made. */
class Step {
  readonly #operations: Operation[] = []
  readonly #calls: { layer: string; output: TensorShape; featureAxis: number }[] = []
  readonly #variables = new Map<number, { layers: string[]; trained: boolean }>()
  #next = 0

  data(...shape: number[]): TensorShape {
    return { id: this.#next++, shape }
  }

  weight(layers: string[], ...shape: number[]): TensorShape {
    const tensor = this.data(...shape)
    this.#variables.set(tensor.id, { layers, trained: true })
    return tensor
  }

  run(kernel: string, inputs: TensorShape[], shape: number[], attributes = {}, by: string | null = null): TensorShape {
    const names = NAMES[kernel] ?? []
    const named = Object.fromEntries(inputs.map((tensor, i) => [names[i] ?? String(i), tensor]))
    const output = this.data(...shape)
    this.#operations.push({ kernel, inputs: named, outputs: [output], attributes, by })
    return output
  }

  dense(layer: string, x: TensorShape, units: number): TensorShape {
    const kernel = this.weight([layer], x.shape.at(-1)!, units)
    const output = this.run('_FusedMatMul', [x, kernel], [...x.shape.slice(0, -1), units], {}, 'Dense')
    this.#calls.push({ layer, output, featureAxis: output.shape.length - 1 })
    return output
  }

  /** Ends the step with the mean of squares. */
  groups(output: TensorShape): Map<string, LayerWidth> {
    const loss = this.run('Mean', [output], [], {})
    const graph = new AxisGraph()
    const [operations, calls, variables] = [this.#operations, this.#calls, this.#variables]
    graph.add({ operations, calls, variables, made: new Map(), declared: [], loss: loss.id })
    return widthGroups(graph, () => ({ setsWidth: true, givenWeights: false }))
  }
}

const NAMES: Record<string, string[]> = {
  _FusedMatMul: ['a', 'b'],
  BatchMatMul: ['a', 'b'],
  GatherV2: ['x', 'indices'],
  Conv2D: ['x', 'filter'],
}

/** What a kernel that hidden features go through says of their width. A trained layer follows. */
function widthBehind(kernel: string, shape: number[], attributes = {}, by: string | null = null): string {
  const step = new Step()
  const hidden = step.dense('hidden', step.data(3, 5), 8)
  const next = step.dense('next', step.run(kernel, [hidden], shape, attributes, by), 7)
  return short(step.groups(next).get('hidden'))
}

function short(width: LayerWidth | undefined): string {
  return width?.given ? `given: ${width.given}` : width?.unknown ? `unknown: ${width.unknown}` : 'free'
}

describe('the width of features that go through', () => {
  it.each([
    ['Relu', [3, 8], {}, null, 'free'],
    ['Reshape', [3, 1, 8], {}, null, 'free'],
    ['Reshape', [3, 2, 4], { shape: [3, 2, 4] }, null, 'unknown: reshape'],
    ['Reshape', [24, 1], { shape: [-1, 1] }, 'Flatten', 'free'],
    ['Transpose', [8, 3], { perm: [1, 0] }, null, 'free'],
    ['Slice', [3, 4], { begin: [0, 0], size: [3, 4] }, null, 'unknown: slice'],
    ['Slice', [2, 8], { begin: [0, 0], size: [2, -1] }, null, 'free'],
    ['Slice', [2, 8], { begin: [0, 0], size: [2, 8] }, null, 'unknown: slice'],
    ['PadV2', [3, 10], {}, null, 'free'],
    ['Sum', [3], { axis: 1, keepDims: false }, null, 'free'],
    ['Softmax', [3, 8], { dim: 1 }, null, 'free'],
    ['SomethingNew', [3, 8], {}, null, 'unknown: somethingNew'],
  ])('%s to %j with %j by %s is %s', (kernel, shape, attributes, by, expected) => {
    expect(widthBehind(kernel, shape, attributes, by)).toBe(expected)
  })
})

it('ties what is added, and gives the width of what data are added to', () => {
  const step = new Step()
  const x = step.data(3, 5)
  const [a, b, c] = [step.dense('a', x, 8), step.dense('b', x, 8), step.dense('c', x, 5)]
  const sum = step.run('Add', [a, b], [3, 8])
  const shifted = step.run('Add', [c, x], [3, 5])
  const groups = step.groups(step.run('Add', [step.dense('d', sum, 6), step.dense('e', shifted, 6)], [3, 6]))
  expect(groups.get('a')).toMatchObject({ group: 'a', given: null, isOutput: false })
  expect(groups.get('b')).toMatchObject({ group: 'a', given: null, isOutput: false })
  expect(groups.get('c')).toMatchObject({ group: 'c', given: 'data', isOutput: false })
  expect(groups.get('d')).toMatchObject({ group: 'd', isOutput: true })
  expect(groups.get('e')).toMatchObject({ group: 'd', isOutput: true })
})

it('does not tie an axis of size 1 that broadcasts, nor equal sizes', () => {
  const step = new Step()
  const x = step.data(8, 8)
  const [a, gate] = [step.dense('a', x, 8), step.dense('gate', x, 1)]
  const groups = step.groups(step.dense('next', step.run('Multiply', [a, gate], [8, 8]), 8))
  expect([...groups.values()].map(({ group }) => group)).toEqual(['a', 'gate', 'next'])
})

it('leaves concatenated layers free, unless the whole meets something of its width', () => {
  const concatenated = (meets: 'nothing' | 'data' | 'layer') => {
    const step = new Step()
    const x = step.data(3, 14)
    const parts = [step.dense('a', x, 8), step.dense('b', x, 6)]
    const whole = step.run('Concat', parts, [3, 14], { axis: 1 })
    const other = meets === 'data' ? x : meets === 'layer' ? step.dense('c', x, 14) : whole
    const groups = step.groups(step.dense('next', step.run('Add', [whole, other], [3, 14]), 7))
    return [short(groups.get('a')), short(groups.get('b'))]
  }
  expect(concatenated('nothing')).toEqual(['free', 'free'])
  expect(concatenated('data')).toEqual(['given: data', 'given: data'])
  expect(concatenated('layer')).toEqual(['unknown: concat', 'unknown: concat'])
})

it('finds the parts of an axis again where it is split as it was composed', () => {
  const step = new Step()
  const x = step.data(3, 4, 5)
  const hidden = step.dense('hidden', x, 8)
  const permuted = step.run('Transpose', [hidden], [3, 8, 4], { perm: [0, 2, 1] })
  const flat = step.run('Reshape', [permuted], [24, 4], { shape: [24, 4] }, 'Dense')
  const back = step.run('Reshape', [flat], [3, 8, 4], { shape: [3, 8, 4] }, 'Dense')
  const sum = step.run(
    'Add',
    [back, step.run('Transpose', [step.dense('other', x, 8)], [3, 8, 4], { perm: [0, 2, 1] })],
    [3, 8, 4],
  )
  const groups = step.groups(step.run('Sum', [sum], [3, 8], { axis: 2 }))
  expect(groups.get('hidden')).toMatchObject({ group: 'hidden', unknown: null })
  expect(groups.get('other')).toMatchObject({ group: 'hidden' })
})

it('is an output with a loss of its own, though another layer reads it, but not where the loss only restrains it', () => {
  const judged = (labels: boolean) => {
    const step = new Step()
    const x = step.data(3, 5)
    const a = step.dense('a', x, 8)
    const own = step.run('Sum', [labels ? step.run('Sub', [a, step.data(3, 8)], [3, 8]) : a], [3], { axis: 1 })
    const behind = step.run('Sum', [step.dense('b', a, 7)], [3], { axis: 1 })
    return step.groups(step.run('Add', [own, behind], [3])).get('a')
  }
  expect(judged(true)).toMatchObject({ isOutput: true, given: 'data' })
  expect(judged(false)).toMatchObject({ isOutput: false, given: null })
})
