import path from 'node:path'
import { expect } from 'vitest'
import type { LayerState, RunState } from '../../src/run/state.ts'
import { train } from './training.ts'

/**
 * Trains programs one after the other in one process, because loading TensorFlow.js takes longer than most of them.
 * Checks that the process ends well and reports no problem.
 * @param folder of `test/fixtures/programs`
 * @returns the run, and a function that gives the layers of one program, whatever names those of the others have
 */
export async function trainInTurn(
  folder: string,
  names: readonly string[],
): Promise<{ state: RunState; layersOf: (name: string) => LayerState[] }> {
  const fileOf = (name: string) => path.resolve('test/fixtures/programs', folder, `${name}.js`)
  const { state, exitCode } = await train(path.resolve('test/fixtures/inTurn.cjs'), { args: names.map(fileOf) })
  expect({ exitCode, problems: state.problems }).toEqual({ exitCode: 0, problems: [] })
  return { state, layersOf: (name) => state.layers.filter(({ site }) => site?.file === fileOf(name)) }
}
