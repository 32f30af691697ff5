import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import v8 from 'node:v8'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Budget } from '../../src/instrumentation/pacing/budget.ts'
import { rowsOf as rowsIn, sampleRows, sampleSize } from '../../src/instrumentation/sampling/rowSampling.ts'
import { expectedWithin } from '../saturation/oracle.ts'
import { ROUNDING } from './rounding.ts'
import { epochsOf, layersOf, train, type Trained } from './training.ts'

/** One output of a layer. The script records them in the order of the calls. */
type Recorded = [name: string, shape: number[], values: Float32Array]

const EPOCHS = 2
/** Batches of each epoch in the script: first the training's, then the validation's. */
const BATCHES = { train: 6, eval: 2 }
const LAYERS = ['conv', 'strided', 'wide', 'offset', 'dead', 'embedding', 'sequence', 'last', 'output']

/** The feature vectors that the monitor takes from an output: all of them, or its even sample. */
function rowsOf([, shape, values]: Recorded, step: number): number[][] {
  const width = shape.at(-1)!
  const sample = sampleRows(shape, new Budget(1).rows(width, rowsIn(shape), null), step)
  return Array.from({ length: sampleSize(sample) }, (_, i) => {
    const at = (sample.offset + i * sample.stride) * width
    return Array.from(values.subarray(at, at + width))
  })
}

describe('the numbers of a real training', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-truth-'))
  let trained: Trained
  let recorded: Recorded[]
  beforeAll(async () => {
    const file = path.join(folder, 'recorded.bin')
    trained = await train('sampling/recorded.js', { args: [file] })
    expect(trained.stderr).toBe('')
    recorded = v8.deserialize(readFileSync(file)) as Recorded[]
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const cases = LAYERS.flatMap((layer) => (['train', 'eval'] as const).map((split) => ({ layer, split })))
  it.each(cases)('$layer, $split: equal to an independent computation, window by window', ({ layer, split }) => {
    const outputs = recorded.filter(([name]) => name === layer)
    expect(outputs).toHaveLength(EPOCHS * (BATCHES.train + BATCHES.eval))
    const ofEpoch = (epoch: number): number[][] => {
      const first = epoch * (BATCHES.train + BATCHES.eval) + (split === 'eval' ? BATCHES.train : 0)
      return outputs.slice(first, first + BATCHES[split]).flatMap((output, batch) => {
        const stepsBefore = epoch * BATCHES.train + (split === 'eval' ? BATCHES.train : batch)
        return rowsOf(output, stepsBefore)
      })
    }
    let epoch = 0
    for (const measured of epochsOf(trained.events, layer, split)) {
      const { epochs, first, last } = measured.steps!
      if (split === 'train') {
        expect({ first, last }).toEqual({ first: epoch * BATCHES.train + 1, last: (epoch + epochs) * BATCHES.train })
      }
      const window = Array.from({ length: epochs }, (_, n) => ofEpoch(epoch + n)).flat()
      const truth = expectedWithin(window, 0.99, ROUNDING)
      epoch += epochs
      expect(truth.k).toContain(measured.k)
      expect(measured.observations).toBe(truth.observations)
      expect(Math.abs(measured.trace! - truth.trace)).toBeLessThanOrEqual(ROUNDING * truth.trace)
    }
    expect(epoch).toBe(EPOCHS)
  })

  it('cover one epoch each if every row is asked for', async () => {
    const file = path.join(folder, 'all.bin')
    const { events } = await train('sampling/recorded.js', { args: [file], rows: 'all' })
    for (const layer of LAYERS) {
      const windows = epochsOf(events, layer, 'train').map(({ steps }) => steps)
      expect(windows).toEqual([
        { first: 1, last: 6, epochs: 1 },
        { first: 7, last: 12, epochs: 1 },
      ])
    }
  })

  it('come from dead, sampled, wholly seen and far-off layers', () => {
    const last = (layer: string) => epochsOf(trained.events, layer, 'train').at(-1)!
    expect(last('dead')).toMatchObject({ k: 0, trace: 0, status: 'constant' })
    expect(last('conv').observations).toBeLessThan(last('conv').seen)
    expect(last('wide').observations).toBe(last('wide').seen)
    expect(layersOf(trained.events).find(({ id }) => id === 'offset')).toMatchObject({ kind: 'Dense', width: 20 })
    const [, , values] = recorded.find(([name]) => name === 'offset')!
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(mean / Math.sqrt(variance)).toBeGreaterThan(100)
  })
})
