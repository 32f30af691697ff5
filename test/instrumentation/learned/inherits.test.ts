import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLearned } from '../../../src/learned/learnedFile.ts'
import { ofType, runPlain, train, type Ended, type Trained } from '../training.ts'

interface Result {
  first: string | null
  last: string
  epochs: number[]
  args: Record<string, unknown>
  tensors: number
  drawn: string
}

const SCRIPT = 'learned/inherits.cjs'
const WAYS = ['fit', 'fitDataset', 'trainOnBatch', 'minimize']
const LIMIT = 1e6
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-inherits-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const weights = path.join(folder, 'run.weights.safetensors')
const inherit = { file: weights, name: 'first.jsonl', train: true }
const resultOf = ({ stdout }: Ended): Result => JSON.parse(stdout) as Result

describe('a run that keeps its weights', () => {
  let plain: Result
  let kept: Trained
  beforeAll(async () => {
    plain = resultOf(await runPlain(SCRIPT, { args: ['fit'] }))
    kept = await train(SCRIPT, { args: ['fit'], run: { keepWeights: LIMIT }, weightsTo: weights })
  })

  it('ends with the same weights, random numbers and tensors as without the monitor', () => {
    expect(kept.stderr).toBe('')
    expect(resultOf(kept)).toEqual(plain)
  })

  it('says how much it has kept, and when', () => {
    const { layers } = readLearned(weights)
    const bytes = layers.flatMap((layer) => layer.weights).reduce((sum, { values }) => sum + values.byteLength, 0)
    expect(kept.state.weights).toEqual({ step: 6, bytes })
    expect(kept.state.problems).toEqual([])
  })

  it('has each weight once: those of wrappers, cells and nested models as well', () => {
    const shapes = readLearned(weights).layers.map(({ name, kind, line, weights: values }) => {
      return [name, kind, line !== null, values.map(({ shape }) => shape.join('×')).join(' ')]
    })
    expect(shapes).toEqual([
      ['inner', 'Dense', true, '8×6 6'],
      [expect.stringMatching(/^time_distributed/), 'TimeDistributed', true, '3×5 5'],
      [expect.stringMatching(/^gru/), 'GRU', true, '5×24 8×24 24'],
      [expect.stringMatching(/^batch_normalization/), 'BatchNormalization', true, '8 8 8 8'],
      ['output', 'Dense', true, '6×2 2'],
    ])
  })

  it('has the recipe of its widths, and ids of the run', () => {
    const { recipe, layers } = readLearned(weights)
    const ids = new Set(layers.map(({ id }) => id))
    expect(recipe.groups.length).toBeGreaterThan(0)
    for (const group of recipe.groups) for (const id of group.layers) expect(ids).toContain(id)
  })

  describe.each(WAYS)('and another one that inherits them and trains by %s', (way) => {
    let inherited: Trained
    let without: Result
    beforeAll(async () => {
      without = resultOf(await runPlain(SCRIPT, { args: [way] }))
      inherited = await train(SCRIPT, { args: [way], run: { inherit } })
    })

    it('begins with them, to the bit', () => {
      expect(inherited.exitCode, inherited.stderr).toBe(0)
      const { first, last } = resultOf(inherited)
      if (first !== null) expect(first).toBe(plain.last)
      expect(last).not.toBe(without.last)
    })

    it('draws no random numbers and leaves no tensor', () => {
      const { tensors, drawn, epochs, args } = resultOf(inherited)
      expect({ tensors, drawn, epochs, args }).toEqual({
        tensors: without.tensors,
        drawn: without.drawn,
        epochs: without.epochs,
        args: without.args,
      })
    })

    it('reports what became of each layer, once', () => {
      const { inherited: found, problems } = inherited.state
      expect(problems).toEqual([])
      expect(found?.from).toBe('first.jsonl')
      expect(found?.layers.map(({ how }) => how)).toEqual(Array(5).fill('copied'))
      expect(ofType(inherited.events, 'inherited')).toHaveLength(1)
    })
  })

  it('and another one with other widths inherits them narrowed or grown', async () => {
    // Growing needs no moments.
    const grown = await train(SCRIPT, { args: ['fit'], overrides: ['inner.units=9'], run: { inherit } })
    expect(grown.exitCode, grown.stderr).toBe(0)
    expect(grown.state.inherited?.layers.map(({ how }) => how)).toEqual([
      'grown',
      'copied',
      'copied',
      'copied',
      'grown',
    ])
    const narrowed = await train(SCRIPT, { args: ['fit'], overrides: ['inner.units=3'], run: { inherit } })
    const ways = narrowed.state.inherited?.layers.map(({ how }) => how)
    expect(ways).toEqual(['narrowed', 'copied', 'copied', 'copied', 'narrowed'])
    // The code names the width in two places, and has another number in both now.
    const { state } = await train(SCRIPT, { args: ['fit', 'wide'], run: { inherit } })
    const wider = state.inherited?.layers.map(({ layer, how }) => [layer.split('_')[0], how])
    expect(wider).toEqual([
      ['inner', 'grown'],
      ['time', 'copied'],
      ['gru', 'grown'],
      ['batch', 'grown'],
      ['output', 'copied'],
    ])
  })
})

it('layers that get their weights in the first forward pass inherit before they are used', async () => {
  const file = path.join(folder, 'lazy.weights.safetensors')
  const first = await train('learned/lazy.cjs', { run: { keepWeights: LIMIT }, weightsTo: file })
  const { next } = JSON.parse(first.stdout) as { next: number }
  const second = await train('learned/lazy.cjs', { run: { inherit: { ...inherit, file } } })
  expect(second.exitCode, second.stderr).toBe(0)
  expect((JSON.parse(second.stdout) as { losses: number[] }).losses[0]).toBe(next)
  expect(second.state.inherited?.layers.map(({ layer, how }) => [layer, how])).toEqual([
    ['hidden', 'copied'],
    ['output', 'copied'],
  ])
})

describe('a run that cannot inherit', () => {
  const fails = async (file: string, why: string, script = SCRIPT): Promise<void> => {
    const { exitCode, state, events } = await train(script, { args: ['fit'], run: { inherit: { ...inherit, file } } })
    expect(exitCode).toBe(2)
    expect(state.problems.map(({ message }) => message)).toEqual([expect.stringContaining(why)])
    expect(state.inherited).toBeNull()
    expect(ofType(events, 'step')).toEqual([])
  }

  it('fails before anything is trained when the file is damaged', async () => {
    const file = path.join(folder, 'damaged.weights.safetensors')
    writeFileSync(file, readFileSync(weights).subarray(0, -1))
    await fails(file, 'The weights of first.jsonl cannot be inherited: the file is damaged')
  })

  it('fails when the file is gone', async () => {
    await fails(path.join(folder, 'gone'), 'they cannot be read (Error: ENOENT')
  })

  it('fails when the program has another architecture', async () => {
    const script = 'process/commandLine.cjs'
    const other = path.join(folder, 'other.weights.safetensors')
    await train(script, { run: { keepWeights: LIMIT }, weightsTo: other })
    await fails(other, 'no layer of this program can (')
  })
})

it('weights above the limit are not kept, and the run says so', async () => {
  const file = path.join(folder, 'large.weights.safetensors')
  const { state, exitCode } = await train(SCRIPT, { args: ['fit'], run: { keepWeights: 100 }, weightsTo: file })
  expect(exitCode).toBe(0)
  expect(existsSync(file)).toBe(false)
  expect(state.weights).toBeNull()
  expect(state.problems.map(({ message }) => message)).toEqual([
    'The weights are not kept: they take 0.1 MB, and the limit is 0.1 MB.',
  ])
})
