import { expect, it } from 'vitest'
import { train } from './training.ts'

it('a training under the CPU profiler lives and is measured', { timeout: 60_000 }, async () => {
  const { exitCode, signal, stdout, state } = await train('profiled.js', { rows: 'all' })
  expect({ exitCode, signal, stdout }).toEqual({ exitCode: 0, signal: null, stdout: 'true\n' })
  expect(state.layers.every(({ train }) => train?.status === 'ok')).toBe(true)
})
