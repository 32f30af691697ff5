import { expect, it } from 'vitest'
import { train } from '../training.ts'

// After the first transfer V8 checks every typed array of the thread, and TensorFlow.js's own loops take twice as long.
it('no buffer of the training thread is transferred to the worker', async () => {
  const { stdout, exitCode } = await train('process/detached.js', { measure: { embedding: 20 } })
  expect(exitCode).toBe(0)
  const { messages, handedOver } = JSON.parse(stdout) as { messages: number; handedOver: number }
  expect(messages).toBeGreaterThan(10)
  expect(handedOver).toBe(0)
})
