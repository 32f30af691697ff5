import { expect, it } from 'vitest'
import { EventBatch, type TimedEvent } from '../../../src/instrumentation/reporting/eventBatch.ts'
import type { EventBody } from '../../../src/protocol/events.ts'

const epoch = (number: number): EventBody => ({ type: 'epoch', epoch: number, step: number, metrics: {} })
const problem: EventBody = { type: 'problem', layer: null, message: 'm', advice: 'a' }

it('frequent events share a message, in order, and none is lost', () => {
  const messages: TimedEvent[][] = []
  const batch = new EventBatch((events) => messages.push(events))
  for (let i = 0; i < 1000; i++) batch.add(epoch(i))
  batch.add(problem)
  // The first is posted at once; how many share a message depends on the time.
  expect(messages[0]).toHaveLength(1)
  expect(messages.length).toBeLessThan(500)
  expect(messages.flat().map(({ body }) => body)).toEqual([
    ...Array.from({ length: 1000 }, (_, i) => epoch(i)),
    problem,
  ])
  batch.flush()
  expect(messages.flat()).toHaveLength(1001)
})

it('an event that no other follows is posted all the same', async () => {
  const messages: TimedEvent[][] = []
  const batch = new EventBatch((events) => messages.push(events))
  batch.add(epoch(0))
  batch.add(epoch(1))
  await expect.poll(() => messages.flat().length).toBe(2)
})
