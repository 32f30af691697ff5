import { expect, it } from 'vitest'
import { coupledWith, type Node } from '../../src/model/coupling.ts'

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
