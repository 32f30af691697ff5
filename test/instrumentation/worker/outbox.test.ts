import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/protocol/events.ts'
import { Outbox } from '../../../src/instrumentation/worker/outbox.ts'

const model: EventBody = { type: 'model', layers: [] }
const step = (n: number): EventBody => {
  const place = { epoch: null, epochs: null, stepInEpoch: null, stepsPerEpoch: null }
  return { type: 'step', step: n, ...place, loss: 1 / 3 }
}
/** An event with `size` eigenvalues of 17 digits for each layer. A report holds at most 512. */
function saturation(layers: number, endOfEpoch: boolean, size = 512): EventBody {
  const spectrum = { head: Array.from({ length: size }, (_, i) => -1e-300 / (i + 3)), tail: [] }
  const numbers = { width: 512, observations: 1, seen: 1, k: 1, delta: 0.99, trace: 1, rejected: 0 }
  const measurement = { layer: 'dense', split: 'train', status: 'ok', ...numbers, spectrum } as const
  return {
    type: 'saturation',
    step: 1,
    epoch: null,
    endOfEpoch,
    layers: Array.from({ length: layers }, () => measurement),
  }
}

/** All events of the outbox, as one JSON text for each batch. */
function drain(outbox: Outbox): string[] {
  const batches: string[] = []
  for (let batch = outbox.batch(); batch.length > 0; batch = outbox.batch()) {
    batches.push(JSON.stringify(batch))
    outbox.acknowledge(batch.at(-1)!.seq + 1)
  }
  return batches
}
const typesOf = (batches: string[]): string[] =>
  batches.flatMap((batch) => (JSON.parse(batch) as { type: string }[]).map(({ type }) => type))

describe('the outbox', () => {
  it('numbers events without gaps, and repeats what was not acknowledged', () => {
    const outbox = new Outbox()
    outbox.add(model, 1)
    outbox.add(step(1), 2)
    expect(outbox.batch().map(({ seq }) => seq)).toEqual([0, 1])
    outbox.add(step(2), 3)
    outbox.acknowledge(1)
    expect(outbox.batch()).toMatchObject([
      { seq: 1, type: 'step', step: 1, time: 2 },
      { seq: 2, type: 'step', step: 2, time: 3 },
    ])
    outbox.acknowledge(3)
    expect(outbox.empty).toBe(true)
  })

  it('replaces a step that was not sent by the next one', () => {
    const outbox = new Outbox()
    for (let n = 1; n < 100; n++) outbox.add(step(n), n)
    expect(outbox.batch()).toMatchObject([{ seq: 0, step: 99 }])
  })

  it('sends a backlog in messages far below the longest that the session takes', () => {
    const outbox = new Outbox()
    // Without the limit on bytes, a message of 200 such events would take over 100 MB.
    for (let i = 0; i < 60; i++) outbox.add(saturation(40, true), i)
    const batches = drain(outbox)
    expect(typesOf(batches)).toHaveLength(60)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThan(8e6)
  })

  it('drops superseded numbers when no session listens, and never the layers or the end', () => {
    const outbox = new Outbox()
    outbox.add(model, 0)
    for (let i = 0; i < 2000; i++) outbox.add(saturation(1, false, 4), i)
    for (let i = 0; i < 6000; i++) outbox.add(saturation(1, true, 4), i)
    outbox.add({ type: 'epoch', epoch: 0, step: 1, metrics: {} }, 1)
    outbox.add({ type: 'run ended', how: 'completed', exitCode: 0, signal: null, message: '' }, 1)
    const types = typesOf(drain(outbox))
    expect(types).toHaveLength(5000)
    expect(types[0]).toBe('model')
    expect(types.slice(-2)).toEqual(['epoch', 'run ended'])
  })
})
