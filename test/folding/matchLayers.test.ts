import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Heir, LearnedLayer } from '../../src/folding/learned.ts'
import { matchLayers } from '../../src/folding/matchLayers.ts'

const heir = (name: string, width: number, line: number | null = null, kind = 'Dense'): Heir => ({
  name,
  kind,
  file: line === null ? null : '/train.js',
  line,
  weights: [{ shape: [width, width], values: new Float32Array(width * width) }],
})
const learnt = (...layers: Heir[]): LearnedLayer[] => layers.map((layer) => ({ id: layer.name, ...layer }))

/** Name of the heir → name of the layer that it was. */
function matched(layers: Heir[], heirs: Heir[]): Record<string, string> {
  const matches = matchLayers(learnt(...layers), heirs)
  return Object.fromEntries([...matches].map(([heir, layer]) => [heirs[heir]!.name, layer.name]))
}

it('finds layers by the names that the program gave them, whatever their lines and order', () => {
  expect(matched([heir('a', 2, 1), heir('b', 2, 2)], [heir('b', 3, 1), heir('c', 2, 3), heir('a', 2, 9)])).toEqual({
    a: 'a',
    b: 'b',
  })
})

it('does not take a layer of another class for the same', () => {
  expect(matched([heir('a', 2, 1)], [heir('a', 2, 1, 'Conv2D')])).toEqual({})
})

it('follows made-up names that shift where a layer is inserted', () => {
  const before = [heir('dense_Dense1', 4, 10), heir('dense_Dense2', 5, 11)]
  const after = [heir('dense_Dense1', 3, 10), heir('dense_Dense2', 4, 11), heir('dense_Dense3', 5, 12)]
  expect(matched(before, after)).toEqual({ dense_Dense2: 'dense_Dense1', dense_Dense3: 'dense_Dense2' })
})

it('follows made-up names where a line is inserted above and all widths change', () => {
  const before = [heir('dense_Dense1', 4, 10), heir('dense_Dense2', 5, 11), heir('dense_Dense3', 6, 12)]
  const after = [heir('dense_Dense1', 3, 11), heir('dense_Dense2', 2, 12), heir('dense_Dense3', 1, 13)]
  const same = { dense_Dense1: 'dense_Dense1', dense_Dense2: 'dense_Dense2', dense_Dense3: 'dense_Dense3' }
  expect(matched(before, after)).toEqual(same)
})

it('follows made-up names by their lines where another model is built first', () => {
  const before = [heir('dense_Dense1', 4, 10), heir('dense_Dense2', 4, 11)]
  const after = [heir('dense_Dense3', 4, 10), heir('dense_Dense4', 4, 11)]
  expect(matched(before, after)).toEqual({ dense_Dense3: 'dense_Dense1', dense_Dense4: 'dense_Dense2' })
})

it('gives each layer to one heir at most, in order where names are made up', () => {
  const layers = fc
    .uniqueArray(fc.tuple(fc.nat(9), fc.constantFrom('Dense', 'LSTM'), fc.nat(3), fc.nat(9)), {
      selector: ([n, kind]) => `${kind}${n}`,
    })
    .map((all) => all.map(([n, kind, width, line]) => heir(`layer_${kind}${n}`, width, line, kind)))
  fc.assert(
    fc.property(layers, layers, (before, after) => {
      const known = learnt(...before)
      const matches = [...matchLayers(known, after)]
      const positions = matches.map(([, layer]) => known.indexOf(layer))
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b))
      for (const [index, layer] of matches) expect(layer.kind).toBe(after[index]!.kind)
      // The same network inherits all of itself.
      expect([...matchLayers(known, before)]).toEqual(known.map((layer, index) => [index, layer]))
    }),
  )
})
