import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CouplingGraph, type Node } from '../../src/model/coupling.ts'
import { layerKind } from '../../src/model/layerKinds.ts'
import { cases, STRESS } from '../stress.ts'

const coupledWith = (layers: readonly Node[], id: string): string[] => new CouplingGraph(layers).coupledWith(id)

/** Builds a graph from `name:Kind<input,input` texts, in the order of the forward pass. */
function graph(...layers: string[]): Node[] {
  return layers.map((text) => {
    const [, id = '', kind = '', inputs = ''] = /^(\w+):(\w+)<?(.*)$/.exec(text) ?? []
    return { id, kind, inbound: inputs.split(',').filter(Boolean) }
  })
}

it('leaves the layers of a chain free', () => {
  const chain = graph(
    'conv1:Conv2D',
    'pool:MaxPooling2D<conv1',
    'conv2:Conv2D<pool',
    'flat:Flatten<conv2',
    'out:Dense<flat',
  )
  for (const { id } of chain) expect(coupledWith(chain, id)).toEqual([])
})

it('couples what a residual connection adds, through layers that keep the width', () => {
  const block = graph(
    'stem:Conv2D',
    'a:Conv2D<stem',
    'bn:BatchNormalization<a',
    'b:Conv2D<bn',
    'bn2:BatchNormalization<b',
    'add:Add<stem,bn2',
    'relu:Activation<add',
    'next:Conv2D<relu',
  )
  expect(coupledWith(block, 'stem')).toEqual(['b'])
  expect(coupledWith(block, 'b')).toEqual(['stem'])
  expect(coupledWith(block, 'a')).toEqual([])
  expect(coupledWith(block, 'next')).toEqual([])
})

it('follows a chain of residual blocks to all of its members', () => {
  const chain = graph(
    'stem:Conv2D',
    'a:Conv2D<stem',
    'add1:Add<stem,a',
    'b:Conv2D<add1',
    'add2:Add<add1,b',
    'out:Dense<add2',
  )
  expect(coupledWith(chain, 'a')).toEqual(['stem', 'b'])
  expect(coupledWith(chain, 'b')).toEqual(['stem', 'a'])
})

it('leaves concatenated branches free: their widths add up', () => {
  const branches = graph('a:Conv2D', 'b:Conv2D', 'cat:Concatenate<a,b', 'out:Dense<cat')
  expect(coupledWith(branches, 'a')).toEqual([])
})

it('couples a gate with what it multiplies', () => {
  const squeeze = graph(
    'conv:Conv2D',
    'pool:GlobalAveragePooling2D<conv',
    'small:Dense<pool',
    'gate:Dense<small',
    'mul:Multiply<conv,gate',
  )
  expect(coupledWith(squeeze, 'gate')).toEqual(['conv'])
  expect(coupledWith(squeeze, 'small')).toEqual([])
})

it('ends on graphs with loops and unknown inputs', () => {
  const odd = graph('a:Dense<b,gone', 'b:Add<a,a', 'c:Dense<b')
  expect(coupledWith(odd, 'a')).toEqual([])
  expect(coupledWith(odd, 'nobody')).toEqual([])
})

const KINDS = ['Dense', 'Conv2D', 'Activation', 'BatchNormalization', 'Dropout', 'Add', 'Multiply', 'Concatenate']

/** Random layers of which each takes the outputs of any others, later ones and its own included: reuse makes cycles. */
const graphs = (maxLength: number): fc.Arbitrary<Node[]> =>
  fc.integer({ min: 1, max: maxLength }).chain((n) =>
    fc
      .array(fc.record({ kind: fc.constantFrom(...KINDS), inbound: fc.array(fc.nat(n - 1), { maxLength: 4 }) }), {
        minLength: n,
        maxLength: n,
      })
      .map((layers) => layers.map(({ kind, inbound }, i) => ({ id: `${i}`, kind, inbound: inbound.map(String) }))),
  )

/** The same by the definition: rules that are applied until they add nothing. */
function byDefinition(layers: readonly Node[], id: string, without: string | null = null): string[] {
  const all = layers.filter((layer) => layer.id !== without)
  const ofId = new Map(all.map((layer) => [layer.id, layer]))
  const passes = (layer: Node): boolean => layerKind(layer.kind).passesWidthOn
  const [down, up] = [new Set([id]), new Set<string>()]
  for (let before = -1; before < down.size + up.size;) {
    before = down.size + up.size
    for (const layer of all) {
      const { inbound } = layer
      if (passes(layer) && inbound.some((input) => down.has(input))) {
        down.add(layer.id)
        if (layerKind(layer.kind).mergesShapes && inbound.length > 1)
          inbound.filter((input) => ofId.has(input)).forEach((input) => up.add(input))
      }
      if (!up.has(layer.id)) continue
      down.add(layer.id)
      if (passes(layer)) inbound.filter((input) => ofId.has(input)).forEach((input) => up.add(input))
    }
  }
  return all.filter((layer) => layer.id !== id && up.has(layer.id) && !passes(layer)).map((layer) => layer.id)
}

it('finds in any graph, with layers that are used several times, what its rules couple', () => {
  fc.assert(
    fc.property(graphs(12), (layers) => {
      const coupling = new CouplingGraph(layers)
      for (const { id } of layers) {
        const coupled = byDefinition(layers, id)
        expect(coupling.coupledWith(id)).toEqual(coupled)
        const [first] = coupled
        if (first === undefined) continue
        const alone = layers.find(
          (layer) =>
            layer.inbound.length > 1 &&
            layer.id !== id &&
            layer.id !== first &&
            !byDefinition(layers, id, layer.id).includes(first),
        )
        expect(coupling.mergeOf(id, first)).toBe(alone ?? null)
      }
    }),
    { numRuns: cases(300, 5000), ...(STRESS ? {} : { seed: 1 }) },
  )
})

it('ends for an activation that is used on both sides of a layer that keeps the width', () => {
  const shared = graph('wide:Dense', 'relu:Activation<wide,bn', 'bn:BatchNormalization<relu', 'out:Dense<relu')
  for (const { id } of shared) expect(coupledWith(shared, id)).toEqual([])
})

it('answers for each of a thousand layers', () => {
  const [layers] = fc.sample(graphs(1000), { numRuns: 1, seed: 3 })
  const coupling = new CouplingGraph(layers!)
  for (const { id } of layers!) {
    const [first] = coupling.coupledWith(id)
    if (first !== undefined) coupling.mergeOf(id, first)
  }
  const chain = Array.from({ length: 500 }, (_, i) => [`c${i}:Conv2D<a${i - 1}`, `a${i}:Add<a${i - 1},c${i}`]).flat()
  const residual = new CouplingGraph(
    graph('a:Conv2D', ...chain).map((layer) => ({
      ...layer,
      inbound: layer.inbound.map((id) => (id === 'a-1' ? 'a' : id)),
    })),
  )
  expect(residual.coupledWith('c499')).toHaveLength(500)
  expect(residual.mergeOf('c499', 'a')?.id).toBe('a0')
})
