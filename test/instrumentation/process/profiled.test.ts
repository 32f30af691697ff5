import { expect, it } from 'vitest'
import { train } from '../training.ts'

it('a training under the CPU profiler does not crash, and is measured', async () => {
  // Where TensorFlow switches oneDNN off, as on CPUs without AVX512-VNNI, its matrix products corrupt the heap of a
  // process under the profiler, with or without the monitor.
  const env = { TF_ENABLE_ONEDNN_OPTS: '1' }
  const { exitCode, signal, stdout, state } = await train('process/profiled.js', { rows: 'all', env })
  expect({ exitCode, signal, stdout }).toEqual({ exitCode: 0, signal: null, stdout: 'true\n' })
  expect(state.layers.every(({ train }) => train?.status === 'ok')).toBe(true)
})
