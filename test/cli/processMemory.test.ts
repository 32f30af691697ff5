import { expect, it } from 'vitest'
import { memoryIn, memoryOf } from '../../src/cli/sweep/processMemory.ts'

it('sums the memory of a process and of all that it has started', () => {
  const table = ' 10 1 100\n 11 10 200\n 12 11 300\n 20 1 5\nno line\n'
  expect(memoryIn(table, [10, 20, 99])).toEqual(
    new Map([
      [10, 600 * 1024],
      [20, 5 * 1024],
    ]),
  )
})

it('measures this process where the system tells', async () => {
  const bytes = (await memoryOf([process.pid])).get(process.pid)
  if (process.platform === 'win32') expect(bytes).toBeUndefined()
  else expect(bytes).toBeGreaterThan(1e6)
})
