import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import v8 from 'node:v8'
import { afterAll, describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../../../src/protocol/measureOptions.ts'
import { eigensystem, expected, expectedWithin } from '../../saturation/oracle.ts'
import { ROUNDING } from '../rounding.ts'
import { epochsOf, ofType, train } from '../training.ts'

type Recorded = [name: string, shape: number[], values: Float32Array]

/** The training outputs of a layer in both epochs. Each epoch has 6 of them, then 2 of a validation. */
const trainOf = (recorded: Recorded[], layer: string): Recorded[] =>
  recorded.filter(([name]) => name === layer).filter((_, i) => i % 8 < 6)

function rowsOf(values: number[] | Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => Array.from(values.slice(i * width, (i + 1) * width)))
}

describe('a real training with options', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-options-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function recorded(measure: Partial<MeasureOptions>) {
    const file = path.join(folder, 'recorded.bin')
    const { events, state, stderr } = await train('sampling/recorded.js', { args: [file], measure })
    expect(stderr).toBe('')
    expect(state.attached?.measure).toEqual({ ...DEFAULT_OPTIONS, ...measure })
    return { events, state, outputs: v8.deserialize(readFileSync(file)) as Recorded[] }
  }

  it('measures the chosen layers as the options say, and no others', async () => {
    const exclude = ['wide', 'Embed*']
    const chosen = { convolution: 'mean', recurrent: 'last', window: 'run' } as const
    const { events, state, outputs } = await recorded({ ...chosen, exclude })
    const measured = (layer: string) => epochsOf(events, layer, 'train').at(-1)!
    const conv = trainOf(outputs, 'conv').flatMap(([, [examples, height, width, channels], values]) =>
      Array.from({ length: examples! }, (_, example) =>
        Array.from({ length: channels! }, (_, channel) => {
          const positions = height! * width!
          let sum = 0
          for (let p = 0; p < positions; p++) sum += values[(example * positions + p) * channels! + channel]!
          return sum / positions
        }),
      ),
    )
    const sequence = trainOf(outputs, 'sequence').flatMap(([, [examples, steps, units], values]) =>
      Array.from({ length: examples! }, (_, i) =>
        Array.from(values.subarray(((i + 1) * steps! - 1) * units!, (i + 1) * steps! * units!)),
      ),
    )
    for (const [layer, rows] of [
      ['conv', conv],
      ['sequence', sequence],
    ] as const) {
      const { k, trace, observations } = measured(layer)
      const truth = expectedWithin(rows, 0.99, ROUNDING)
      expect(truth.k).toContain(k)
      expect(observations).toBe(truth.observations)
      expect(Math.abs(trace! / truth.trace - 1)).toBeLessThanOrEqual(ROUNDING)
    }
    for (const layer of ['wide', 'embedding']) {
      expect(epochsOf(events, layer, 'train')).toEqual([])
      expect(state.layers.find(({ id }) => id === layer)?.notMeasured).toMatch('not among the layers chosen')
    }
  })

  it('reports which patterns match no layer, and which layers there are', async () => {
    const { state } = await recorded({ include: ['wide', 'nomatch*'] })
    expect(state.problems).toHaveLength(1)
    expect(state.problems[0]).toMatchObject({ layer: null, message: 'No layer matches nomatch*.' })
    expect(state.problems[0]!.advice).toContain('wide (Dense)')
  })

  it('embeds rows of each window on its leading eigenvectors, all of them where they are few', async () => {
    const { events, state, outputs } = await recorded({ embedding: 2000 })
    const embedded = ofType(events, 'embedding').filter(({ layer, split }) => layer === 'offset' && split === 'train')
    // A window goes on over the end of an epoch until it has enough observations.
    expect(embedded.at(-1)).toMatchObject({ step: 12, epoch: 1 })
    const rows = trainOf(outputs, 'offset').flatMap(([, shape, values]) => rowsOf(values, shape.at(-1)!))
    let from = 0
    for (const { points, held, step } of embedded) {
      const window = rows.slice(from, (from = step * 32))
      const { mean, values, vectors } = eigensystem(window)
      expect(points).toHaveLength(window.length)
      const total = values.reduce((a, b) => a + b, 0)
      held.forEach((share, i) => expect(Math.abs(share - values[i]! / total)).toBeLessThanOrEqual(ROUNDING))
      // An error of the covariance turns an eigenvector by that error over the distance to the next eigenvalue.
      const turns = [0, 1].map((i) => (ROUNDING * total) / (values[i]! - values[i + 1]!))
      expect(turns[0]! + turns[1]!).toBeLessThan(0.01)
      window.forEach((row, r) => {
        const deviations = row.map((x, j) => x - mean[j]!)
        points[r]!.forEach((point, i) => {
          const score = deviations.reduce((sum, x, j) => sum + x * vectors[i]![j]!, 0)
          expect(Math.abs(point - score)).toBeLessThanOrEqual((turns[0]! + turns[1]!) * Math.hypot(...deviations))
        })
      })
    }
    const { layer, split, step, epoch, held, points } = embedded.at(-1)!
    const layers = state.layers.find(({ id }) => id === 'offset')!
    expect(layers.embedding.train).toEqual({ layer, split, step, epoch, held, points })
    expect(layers.embedding.eval).not.toBeNull()
    // The dead layer has no variance, so there are no eigenvectors to embed on.
    expect(ofType(events, 'embedding').some((event) => event.layer === 'dead')).toBe(false)
  })

  it('embeds a bounded sample of large outputs', async () => {
    const { events } = await recorded({ embedding: 30 })
    const sizes = ofType(events, 'embedding').map(({ points }) => points.length)
    expect(sizes.length).toBeGreaterThan(10)
    for (const size of sizes) expect([size >= 8, size <= 30]).toEqual([true, true])
  })

  it('stops at maxObservations, flattens maps, fades earlier observations, and measures before an activation', async () => {
    const plain = await recorded({ maxObservations: 100 })
    const one = epochsOf(plain.events, 'offset', 'train').at(-1)!
    expect(one.observations).toBe(100)
    expect(one.seen).toBe(192)
    // No rows are embedded unless it is asked for.
    expect(ofType(plain.events, 'embedding')).toEqual([])
    const chosen = {
      convolution: 'flatten',
      downsample: 2,
      window: 'exponential',
      halfLife: 64,
      preActivation: true,
    } as const
    const { events, outputs } = await recorded(chosen)
    const conv = epochsOf(events, 'conv', 'train').at(-1)!
    expect(conv.width).toBe(2 * 2 * 8)
    // Each of 12 batches of 32 reduces the weight of those before it, so that the sum of weights is below 384.
    const offset = epochsOf(events, 'offset', 'train').at(-1)!
    expect(offset.observations).toBeLessThan(384)
    const rows = trainOf(outputs, 'offset').flatMap(([, shape, values]) => rowsOf(values, shape.at(-1)!))
    expect(offset.trace! / expected(rows.slice(-192), 0.99).trace).toBeGreaterThan(0.5)
    // The layer whose rectifier makes it constant does vary before its activation.
    expect(epochsOf(events, 'dead', 'train').at(-1)).toMatchObject({ status: 'ok' })
  })

  it('estimates k of layers wider than exactWidth, with bounds', async () => {
    const { events, outputs, state } = await recorded({ exactWidth: 7, window: 'run' })
    // A busy machine may lack the time for the widest layer at the end of the process, and says so.
    expect(state.problems.filter(({ message }) => !message.startsWith('There was no time'))).toEqual([])
    const conv = epochsOf(events, 'conv', 'train').at(-1)!
    const rows = trainOf(outputs, 'conv').flatMap(([, shape, values]) => rowsOf(values, shape.at(-1)!))
    const { k, trace } = expected(rows, 0.99)
    expect(conv).toMatchObject({ k, bounds: { low: k, high: k } })
    // Its positions are sampled, so the trace is an estimate.
    expect(Math.abs(conv.trace! / trace - 1)).toBeLessThan(0.2)
  })
})
