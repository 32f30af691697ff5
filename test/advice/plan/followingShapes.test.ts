import { expect, test } from 'vitest'
import { followingShapes } from '../../../src/advice/plan/followingShapes.ts'
import type { LayerState } from '../../../src/run/state.ts'

const site = { file: '/a.js', line: 1, column: 1 }
const layer = (id: string, kind: string, outputShape: (number | null)[], inbound: string[] = []) =>
  ({ id, name: id, kind, site, width: outputShape.at(-1), outputShape, inbound }) as unknown as LayerState

test('the last size of a target shape, and sizes of inputs', () => {
  const layers = [
    layer('spread', 'Dense', [null, 256]),
    layer('relu', 'ReLU', [null, 256], ['spread']),
    layer('reshape', 'Reshape', [null, 4, 4, 16], ['relu']),
    layer('up', 'Conv2DTranspose', [null, 8, 8, 8], ['reshape']),
  ]
  const followed = followingShapes(layers, new Map([['spread', 128]]))
  expect(followed.filter(({ optional }) => !optional)).toEqual([
    { layer: 'reshape', follows: 'spread', property: 'targetShape[2]', from: 16, to: 8, optional: false },
  ])
  expect(followed).toContainEqual({
    ...{ layer: 'relu', follows: 'spread', property: 'inputShape[0]', from: 256, to: 128, optional: true },
  })
  expect(followingShapes(layers, new Map([['spread', 120]]))).toContainEqual(
    expect.objectContaining({ property: 'targetShape[2]', to: null }),
  )
  expect(followingShapes(layers, new Map([['up', 4]]))).toEqual([])
})
