import { describe, expect, it } from 'vitest'
import { train } from '../training.ts'

const STRUCTURES = 'overrides/structures.cjs'

interface Built {
  layers: [name: string, kind: string, shape: (number | null)[]][]
  parameters: number
  /** Largest difference between the predictions of the model and of what its saved form makes. */
  difference: number
}

interface Printed {
  sequential: Built
  functional: Built
  byHand: { weights: number[][]; shapes: number[] }
}

async function built(...overrides: string[]): Promise<Printed & { names: string[] }> {
  const { exitCode, stdout, stderr, state } = await train(STRUCTURES, { overrides })
  expect(exitCode, stderr).toBe(0)
  expect(stderr).not.toContain('The shape of the input tensor')
  return {
    ...(JSON.parse(stdout) as Printed),
    names: state.layers.map(({ name }) => name),
  }
}

const names = ({ layers }: Built): string[] => layers.map(([name]) => name)

describe('a run whose depth is overridden', () => {
  it(
    'leaves out layers and groups in sequential, functional and layer-by-layer models',
    { timeout: 60_000 },
    async () => {
      const {
        sequential,
        functional,
        byHand,
        names: measured,
      } = await built('s2*.repeat=0', 'block_*.repeat=0', 'h2.repeat=0', 's_out.repeat=1')
      expect(sequential.layers.slice(1, 3)).toEqual([
        ['s2', 'Activation', [12, 12, 4]],
        ['s2_norm', 'Activation', [12, 12, 4]],
      ])
      expect(sequential.parameters).toBe(3 * 9 * 4 + 4 + (12 * 12 * 4 * 2 + 2))
      expect(functional.parameters).toBe(3 * 9 * 4 + 4 + (4 * 2 + 2))
      expect(sequential.difference).toBeLessThan(1e-5)
      expect(functional.difference).toBeLessThan(1e-5)
      expect(byHand.weights).toEqual([[3, 3, 3, 4], [4], [576, 2], [2]])
      expect(measured).toContain('s1')
    },
  )

  it('repeats layers and groups, a residual block as a whole', { timeout: 60_000 }, async () => {
    const { sequential, functional, byHand } = await built(
      's2*.repeat=3',
      'block_*.repeat=2',
      'h*.filters=5',
      'h2.repeat=2',
    )
    expect(names(sequential)).toEqual([
      's1',
      's2',
      's2_norm',
      's2_repeat2',
      's2_norm_repeat2',
      's2_repeat3',
      's2_norm_repeat3',
      's_flat',
      's_out',
    ])
    expect(sequential.difference).toBeLessThan(1e-5)
    expect(names(functional)).toEqual(
      expect.arrayContaining(['block_add', 'block_a_repeat2', 'block_b_repeat2', 'block_add_repeat2', 'f_pool']),
    )
    const block = 2 * (4 * 9 * 4 + 4)
    expect(functional.parameters).toBe(3 * 9 * 4 + 4 + 2 * block + 4 * 2 + 2)
    expect(functional.difference).toBeLessThan(1e-5)
    // The program has asked for the trainable weights of its layers, and the copy is trained with them.
    expect(byHand.weights).toEqual([[3, 3, 3, 5], [5], [3, 3, 5, 5], [5], [3, 3, 5, 5], [5], [720, 2], [2]])
  })
})

describe('a run whose input size is overridden', () => {
  it('resizes the images behind the input, the data are as they are', { timeout: 60_000 }, async () => {
    const { sequential, functional, byHand } = await built('input.size=6', 's1.filters=2')
    expect(sequential.layers.slice(0, 2)).toEqual([
      ['input_size', 'Resizing', [6, 6, 3]],
      ['s1', 'Conv2D', [6, 6, 2]],
    ])
    expect(functional.layers.slice(0, 3)).toEqual([
      ['input1', 'InputLayer', [12, 12, 3]],
      ['input_size_2', 'Resizing', [6, 6, 3]],
      ['f_stem', 'Conv2D', [6, 6, 4]],
    ])
    expect(byHand.shapes).toEqual([8, 144])
  })
})

describe('an override of structure that cannot be set', () => {
  it('fails the run with a sentence', { timeout: 60_000 }, async () => {
    const run = async (...overrides: string[]): Promise<[number | null, string]> => {
      const { exitCode, state } = await train(STRUCTURES, { overrides, args: ['sequential'] })
      return [exitCode, state.ended?.message + ' ' + state.problems.map(({ message }) => message).join(' ')]
    }
    const [last, dense] = await Promise.all([
      run('s_out.repeat=2'),
      train('overrides/sequential.mjs', { overrides: ['input.size=6'] }),
    ])
    expect(last[0]).toBe(1)
    expect(last[1]).toContain('no layer takes the output of s_out')
    expect(dense.exitCode).toBe(1)
    expect(dense.state.problems.map(({ message }) => message).join(' ')).toContain(
      'No input takes the override input.size = 6.',
    )
  })
})
