import { beforeAll, describe, expect, it } from 'vitest'
import type { MeasureOptions } from '../../../src/protocol/measureOptions.ts'
import { epochsOf, layersOf, ofType, runPlain, train, type Ended, type Options, type Trained } from '../training.ts'

interface Books {
  tensors: number
  bytes: number
  handles: number
}
interface Result {
  /** SHA-256 of the trained weights, for each way of training. */
  hashes: Record<string, string>
  growth: { before: Books; after: Books; opsPerStep: number }
}

const resultOf = ({ stdout }: Ended): Result => JSON.parse(stdout) as Result

/** Variance of the first layer's output in the last epoch of `fit`. */
function firstTrace({ events }: Trained): number {
  const first = layersOf(events).find(({ kind }) => kind === 'Conv2D')!
  return epochsOf(events, first.id, 'train').at(-1)!.trace!
}

/** What is measured, and for how many steps tensors are counted: most of the code is that of the default options. */
const CHOICES: [string, Partial<MeasureOptions>, number, Options['run']?][] = [
  ['the default options', {}, 300],
  ['features before fused activations', { preActivation: true }, 100],
  ['rows to embed, and weights that are kept', { embedding: 64 }, 100, { keepWeights: 1e8 }],
]

describe('a training under the monitor', () => {
  let plain: Result
  const watched = new Map<string, Trained>()
  beforeAll(async () => {
    const unwatched = runPlain('process/families.js', { args: ['100'] })
    for (const [name, measure, steps, run = {}] of CHOICES)
      watched.set(name, await train('process/families.js', { measure, run, args: [String(steps)] }))
    plain = resultOf(await unwatched)
  })

  describe.each(CHOICES)('with %s', (name, measure, steps) => {
    it('is measured', () => {
      const { events, state, exitCode, stderr } = watched.get(name)!
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(state.problems).toEqual([])
      expect(state.attached?.measure).toMatchObject(measure)
      const measured = layersOf(events).filter((layer) => layer.notMeasured === null)
      // Three layers in each of the four classifiers, three in the recurrent model and two in the last.
      expect(measured).toHaveLength(17)
      const numbers = ofType(events, 'saturation').flatMap((event) => event.layers)
      for (const { id } of measured) expect(numbers.some(({ layer, k }) => layer === id && k > 0)).toBe(true)
      expect(resultOf(watched.get(name)!).growth.opsPerStep).toBeGreaterThan(plain.growth.opsPerStep)
    })

    it.each(['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'recurrent'])(
      'by %s ends with bitwise equal weights',
      (family) => {
        const { hashes } = resultOf(watched.get(name)!)
        expect(hashes[family]).toMatch(/^[0-9a-f]{64}$/)
        expect(hashes[family]).toBe(plain.hashes[family])
      },
    )

    it(`leaks no tensor and no native handle in ${steps} steps`, () => {
      const { growth } = resultOf(watched.get(name)!)
      expect(growth.after).toEqual(growth.before)
    })
  })

  it('is measured before activations on request', () => {
    // A rectifier reduces the variance.
    const [after, before] = CHOICES.map(([name]) => firstTrace(watched.get(name)!))
    expect(before).toBeGreaterThan(1.5 * after!)
  })
})
