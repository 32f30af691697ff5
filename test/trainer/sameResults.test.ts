import { beforeAll, describe, expect, it } from 'vitest'
import { layersOf, ofType, runPlain, train, type Trained } from './training.ts'

interface Books {
  tensors: number
  bytes: number
  handles: number
}
interface Result {
  /** SHA-256 of the trained weights by way of training. */
  hashes: Record<string, string>
  growth: { before: Books; after: Books; ops: number }
}

describe('a training under the monitor', () => {
  let watched: Trained
  let result: Result
  let plain: Result
  beforeAll(async () => {
    const [first, second] = await Promise.all([train('families.js'), runPlain('families.js')])
    watched = first
    expect(watched).toMatchObject({ exitCode: 0, stderr: '' })
    result = JSON.parse(watched.stdout) as Result
    plain = JSON.parse(second.stdout) as Result
  })

  it('was watched', () => {
    expect(watched.state.problems).toEqual([])
    const measured = layersOf(watched.events).filter((layer) => layer.notMeasured === null)
    // Three of each of the four classifiers, three of the recurrent model, two of the last.
    expect(measured).toHaveLength(17)
    const numbers = ofType(watched.events, 'saturation').flatMap((event) => event.layers)
    for (const { id } of measured) expect(numbers.some(({ layer, k }) => layer === id && k > 0)).toBe(true)
    expect(result.growth.ops).toBeGreaterThan(plain.growth.ops)
  })

  it.each(['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'recurrent'])('by %s ends in the same bits', (family) => {
    expect(result.hashes[family]).toMatch(/^[0-9a-f]{64}$/)
    expect(result.hashes[family]).toBe(plain.hashes[family])
  })

  it('keeps no tensor and no native handle in 1,000 steps', () => {
    expect(result.growth.after).toEqual(result.growth.before)
  })
})
