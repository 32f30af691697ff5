import { describe, expect, it } from 'vitest'
import { runPlain, train } from '../training.ts'

const SCRIPT = 'learned/inherits.cjs'

describe('overrides of fit', () => {
  it.each([
    ['fit', 1],
    ['fitDataset', 1],
  ])('change an argument of %s, and not the object of the program', async (way, epochs) => {
    const plain = JSON.parse((await runPlain(SCRIPT, { args: [way] })).stdout) as { args: object }
    const { stdout, state } = await train(SCRIPT, { args: [way], overrides: [`fit.epochs=${epochs}`] })
    const result = JSON.parse(stdout) as { epochs: number[]; args: object }
    expect(result.epochs).toEqual([epochs])
    expect(result.args).toEqual(plain.args)
    expect(state.overrides).toEqual([{ layer: 'fit', property: 'epochs', value: epochs }])
    expect(state.problems).toEqual([])
  })

  it('change the batches and the first epoch', async () => {
    const overrides = ['fit.batchSize=24', 'fit.initialEpoch=1']
    const { stdout, state } = await train(SCRIPT, { args: ['fit'], overrides })
    expect((JSON.parse(stdout) as { epochs: number[] }).epochs).toEqual([1])
    // One epoch of two batches.
    expect(state.progress?.step).toBe(2)
  })

  it('fail where the program calls no fit', async () => {
    const { exitCode, state } = await train(SCRIPT, { args: ['minimize'], overrides: ['fit.epochs=1'] })
    expect(exitCode).toBe(1)
    expect(state.problems.at(-1)).toMatchObject({
      message: 'No training takes the override fit.epochs = 1.',
      advice: expect.stringContaining('calls neither fit nor fitDataset') as string,
    })
  })

  it('fail before any weight changes where fitDataset has no such argument', async () => {
    const { exitCode, state } = await train(SCRIPT, { args: ['fitDataset'], overrides: ['fit.batchSize=8'] })
    expect(exitCode).toBe(1)
    expect(state.problems.map(({ message }) => message)).toEqual([
      'The override fit.batchSize = 8 cannot be set: fitDataset has no argument batchSize.',
    ])
  })
})
