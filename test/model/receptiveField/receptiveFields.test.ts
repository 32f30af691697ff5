import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { BORDER_RULES } from '../../../src/model/receptiveField/border.ts'
import { receptiveFields } from '../../../src/model/receptiveField/receptiveFields.ts'
import type { Padding, SpatialNode } from '../../../src/model/receptiveField/spatialNode.ts'

interface Answer {
  /** [kind, kernel or null for a dense layer, stride, indices of the inputs, r_min, r_max or null for infinite] */
  layers: [
    kind: string,
    kernel: number | null,
    stride: number,
    inputs: number[],
    min: number | null,
    max: number | null,
  ][]
  /** Indices of the unproductive layers by input size. */
  border: Record<string, number[]>
  range: [min: number, max: number]
}

/** What the authors' rfa_toolbox 1.7 answers for its own networks, input size by input size. */
const ANSWERS = JSON.parse(readFileSync(path.join(import.meta.dirname, 'toolboxAnswers.json'), 'utf8')) as Record<
  string,
  Answer
>

function node(kind: string, kernel: number | null, stride: number, inputs: readonly (number | string)[], name: string) {
  const all = kernel === null
  const twice = (value: number): number[] => [value, value]
  return {
    name,
    kind,
    kernel: all ? ('all' as const) : twice(kernel),
    stride: twice(stride),
    dilation: [1, 1],
    padding: 'same' as const,
    inputs: inputs.map(String),
  }
}

/** A chain of 3×3 convolutions (a number of them) and 2×2 poolings between the stages. */
function vgg(stages: readonly number[]): SpatialNode[] {
  const nodes: SpatialNode[] = []
  stages.forEach((count, stage) => {
    const add = (kind: string, kernel: number, stride: number, name: string) =>
      nodes.push(node(kind, kernel, stride, nodes.length > 0 ? [nodes.at(-1)!.name] : [], name))
    for (let n = 0; n < count; n++)
      add('Conv2D', 3, 1, `conv${nodes.filter(({ kind }) => kind === 'Conv2D').length + 1}`)
    add('MaxPooling2D', 2, 2, `pool${stage}`)
  })
  return nodes
}

const VGG = {
  vgg11: vgg([1, 1, 2, 2, 2]),
  vgg13: vgg([2, 2, 2, 2, 2]),
  vgg16: vgg([2, 2, 3, 3, 3]),
  vgg19: vgg([2, 2, 4, 4, 4]),
}

const convolutions = (nodes: readonly SpatialNode[], size = 32) =>
  receptiveFields(nodes, [size, size]).layers.filter(({ kind }) => kind === 'Conv2D')

describe.each(Object.entries(ANSWERS))('%s as the authors’ toolbox sees it', (_, { layers, border, range }) => {
  const nodes = layers.map(([kind, kernel, stride, inputs], at) => node(kind, kernel, stride, inputs, String(at)))

  it('has the same receptive fields', () => {
    const found = receptiveFields(nodes, [64, 64]).layers
    const finite = (value: number | undefined) => (value === Infinity ? null : value)
    expect(found.map(({ min, max }) => [finite(min[0]), finite(max[1])])).toEqual(layers.map((layer) => layer.slice(4)))
  })

  it.each(Object.keys(border).map(Number))('has the same unproductive layers at an input of %i', (size) => {
    const found = receptiveFields(nodes, [size, size], 'toolbox').layers
    expect(found.flatMap(({ unproductive }, at) => (unproductive ? [at] : []))).toEqual(border[size])
  })

  it('has the same range of resolutions', () => {
    expect(receptiveFields(nodes, [32, 32]).resolution).toEqual({
      min: [range[0], range[0]],
      max: [range[1], range[1]],
    })
  })
})

it.each([
  ['vgg11', [3, 8, 18, 26, 46, 62, 102, 134]],
  ['vgg13', [3, 5, 10, 14, 24, 32, 52, 68, 108, 140]],
  ['vgg16', [3, 5, 10, 14, 24, 32, 40, 60, 76, 92, 132, 164, 196]],
  ['vgg19', [3, 5, 10, 14, 24, 32, 40, 48, 68, 84, 100, 116, 156, 188, 220, 252]],
] as const)('the convolutions of %s see %j', (name, fields) => {
  expect(convolutions(VGG[name]).map(({ min }) => min[0])).toEqual(fields)
})

it.each([
  ['vgg11', 'strict', 'conv6'],
  ['vgg13', 'strict', 'conv7'],
  ['vgg16', 'strict', 'conv8'],
  ['vgg19', 'strict', 'conv8'],
  ['vgg16', 'own', 'conv7'],
  ['vgg16', 'toolbox', 'conv7'],
] as const)('the border of %s at 32 by the rule %s is %s', (name, rule, border) => {
  expect(receptiveFields(VGG[name], [32, 32], rule).border).toBe(border)
})

it('finds no border in an input that is large enough', () => {
  for (const rule of BORDER_RULES) expect(receptiveFields(VGG.vgg11, [500, 500], rule).border).toBeNull()
})

it.each([
  ['a stem of 7×7/2 and a pooling', 'max', [7, 19, 27, 35, 43, 51, 67, 83, 99, 115, 147, 179, 211, 243, 307, 371, 435]],
  ['a stem of 7×7/2 and a pooling', 'min', [7, 19, 27, 19, 27, 19, 35, 27, 43, 27, 59, 43, 75, 43, 107, 75, 139]],
  ['a stem of 3×3/1', 'max', [3, 5, 7, 9, 11, 13, 17, 21, 25, 29, 37, 45, 53, 61, 77, 93, 109]],
] as const)('the 3×3 convolutions of ResNet18 with %s have this r_%s', (stem, bound, fields) => {
  const large = stem.includes('7×7')
  const nodes: SpatialNode[] = [node('Conv2D', large ? 7 : 3, large ? 2 : 1, [], 'conv')]
  if (large) nodes.push(node('MaxPooling2D', 3, 2, ['conv'], 'pool'))
  for (let block = 0; block < 8; block++) {
    const stride = block > 0 && block % 2 === 0 ? 2 : 1
    const before = nodes.at(-1)!.name
    nodes.push(node('Conv2D', 3, stride, [before], `conv${block}a`))
    nodes.push(node('Conv2D', 3, 1, [`conv${block}a`], `conv${block}b`))
    if (stride === 2) nodes.push(node('Conv2D', 1, 2, [before], `skip${block}`))
    nodes.push(node('Add', 1, 1, [stride === 2 ? `skip${block}` : before, `conv${block}b`], `add${block}`))
  }
  const main = convolutions(nodes).filter(({ name }) => !name.startsWith('skip'))
  expect(main.map((layer) => layer[bound][0])).toEqual(fields)
})

it('counts the gaps of a dilated kernel', () => {
  const [first, second] = [node('Conv2D', 3, 2, [], 'a'), node('Conv2D', 3, 1, ['a'], 'b')]
  const found = receptiveFields([first, { ...second, dilation: [2, 4] }], [32, 32]).layers[1]
  expect(found).toMatchObject({ min: [3 + 4 * 2, 3 + 8 * 2], max: [11, 19] })
})

it('lets a map grow again', () => {
  const down = node('MaxPooling2D', 2, 2, [], 'down')
  const up = { ...node('UpSampling2D', 1, 1, ['down'], 'up'), stride: [1 / 2, 1 / 2] }
  const { layers } = receptiveFields([down, up, node('Conv2D', 3, 1, ['up'], 'conv')], [8, 6])
  expect(layers.map(({ map }) => map)).toEqual([
    [4, 3],
    [8, 6],
    [8, 6],
  ])
  expect(layers[2]?.min).toEqual([4, 4])
})

it.each<[Padding, number[]]>([
  ['valid', [3, 6]],
  ['same', [5, 9]],
  [
    [2, 0],
    [4, 6],
  ],
])(
  'with padding %j a 5×3 kernel of stride 2, dilated threefold along the second axis, maps 9×17 to %j',
  (padding, map) => {
    const layer = { ...node('Conv2D', 5, 2, [], 'a'), kernel: [5, 3], dilation: [1, 3], padding }
    expect(receptiveFields([layer], [9, 17]).layers[0]?.map).toEqual(map)
  },
)

it('names the layer whose input is not there', () => {
  expect(() => receptiveFields([node('Conv2D', 3, 1, ['gone'], 'conv')], [8, 8])).toThrow(/conv .* gone/)
})

/** What the recurrence gives when each path is followed by itself. */
function fieldsOfAllPaths(nodes: readonly SpatialNode[], name: string): number[] {
  const follow = (current: string): { r: number; j: number }[] => {
    const { inputs, kernel, stride, dilation } = nodes.find((each) => each.name === current)!
    const before = inputs.length === 0 ? [{ r: 1, j: 1 }] : inputs.flatMap(follow)
    const span = ((kernel[0] as number) - 1) * dilation[0]!
    return before.map(({ r, j }) => ({ r: r + span * j, j: j * stride[0]! }))
  }
  return follow(name).map(({ r }) => r)
}

it('finds the shortest and the longest of all paths of random graphs', () => {
  const layer = fc.record({
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    inputs: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 8 }), (layers) => {
      const nodes = layers.map(({ kernel, stride, dilation, inputs }, at): SpatialNode => {
        const before = at === 0 ? [] : [...new Set(inputs.map((input) => `${input % at}`))]
        return { ...node('Conv2D', kernel, stride, before, `${at}`), dilation: [dilation, dilation] }
      })
      const found = receptiveFields(nodes, [1000, 1000]).layers
      for (const { name, min, max } of found) {
        const all = fieldsOfAllPaths(nodes, name)
        expect([min[0], max[0]]).toEqual([Math.min(...all), Math.max(...all)])
      }
    }),
  )
})

it('is as fast on hundreds of branches as on a chain', () => {
  // 2^300 paths: following each would never end.
  const nodes: SpatialNode[] = [node('Conv2D', 3, 1, [], '0')]
  for (let at = 1; at < 300; at++)
    nodes.push(node('Conv2D', 3, 1, at === 1 ? ['0'] : [`${at - 1}`, `${at - 2}`], `${at}`))
  expect(receptiveFields(nodes, [32, 32]).layers.at(-1)?.max).toEqual([601, 601])
})
