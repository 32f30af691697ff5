import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { proofBasis } from '../../../src/presentation/proof/proofWords.ts'
import { STRESS, sweep } from '../../stress.ts'
import { runPlain, train, type Ended, type Options, type Trained } from '../training.ts'

interface Result {
  weights: string | null
  tensors: number
  metrics: Record<string, number> | null
  drawn: string
}

const SCRIPT = 'narrowing/proves.cjs'
const LIMIT = 1e7
const task = { kind: 'prove', seconds: 200 } as const
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-proves-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const weights = path.join(folder, 'run.weights.safetensors')
const resultOf = ({ stdout }: Ended): Result => JSON.parse(stdout) as Result

let plain: Result
beforeAll(async () => {
  plain = resultOf(await runPlain(SCRIPT, { args: ['fit'] }))
})

describe('a proof at the end of a training', () => {
  const CHOICES: [string, Options][] = [
    ['that was asked for, with weights that are kept', { task, run: { keepWeights: LIMIT }, weightsTo: weights }],
    ['within the budget, with weights that are kept', { run: { keepWeights: LIMIT } }],
  ]
  it.each(sweep<[string, Options]>(CHOICES, [['that was asked for', { task }]]))(
    '%s changes nothing',
    async (_name, options) => {
      const proven = await train(SCRIPT, { args: ['fit'], ...options })
      expect({ exitCode: proven.exitCode, stderr: proven.stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(resultOf(proven)).toEqual(plain)
      expect(proven.state.problems).toEqual([])
      if (options.task) expectProof(proven)
    },
  )
})

/** The proof is whole, and its value of the present network is that of the script. */
function expectProof({ state }: Trained): void {
  const { proof } = state
  expect(proof).toMatchObject({ phase: 'done', metric: 'val_acc', source: 'validation', recalibrated: [] })
  expect(proof!.groups.filter(({ kept }) => kept === null).map(({ layers }) => layers)).toEqual([
    ['hidden'],
    ['second'],
  ])
  expect(proof!.plans.length).toBeGreaterThan(0)
  const { deciding, reporting } = proof!.examples
  expect(deciding + reporting).toBe(80)
  // Each curve begins with the present network, on the half that decides.
  const { curve } = proof!.groups.find(({ curve }) => curve.length > 0)!
  const value = (deciding * curve[0]!.value! + reporting * proof!.value!) / (deciding + reporting)
  expect(value).toBeCloseTo(plain.metrics!['val_acc']!, 6)
}

describe('a proof with the weights of an earlier run', () => {
  const inherit = { file: weights, name: 'first.jsonl', train: false }
  const marker = path.join(folder, 'saved')

  let proven: Trained
  beforeAll(async () => {
    proven = await train(SCRIPT, { args: ['fit', marker], task, run: { inherit } })
  })

  it('trains nothing, gives the metrics of that run, and ends before the script goes on', () => {
    expect({ exitCode: proven.exitCode, stderr: proven.stderr, stdout: proven.stdout }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: '',
    })
    expect(existsSync(marker)).toBe(false)
    expect(proven.state.problems).toEqual([])
    expectProof(proven)
  })

  it('goes on with an earlier proof of the same weights and examples, to the same result', async () => {
    // The present network is one of those that were tried, but it is evaluated in any case.
    const { basis, tried, evaluations, plans } = proven.state.proof!
    expect(tried!.length).toBeGreaterThan(8)
    const earlier = [{ basis: basis!, tried: tried!.slice(0, 8) }]
    const recorded = { val_acc: plain.metrics!['val_acc']!, val_loss: plain.metrics!['val_loss']! }
    const second = await train(SCRIPT, { args: ['fit'], task: { ...task, earlier, recorded }, run: { inherit } })
    expect(second.state.proof).toMatchObject({ basis, plans, tried, continued: 8, evaluations: evaluations - 7 })
    expect(second.state.proof!.notes).toBeUndefined()

    const others = await train(SCRIPT, { args: ['otherData'], task: { ...task, earlier, recorded }, run: { inherit } })
    expect(others.state.proof).not.toHaveProperty('continued')
    expect(others.state.proof!.notes).toEqual([
      'It does not go on with the proof before it, of which the examples that it was made on were others.',
      expect.stringMatching(
        /^val_(acc|loss) is .* with the weights of the earlier run, which has recorded .*differ between its runs\.$/,
      ),
    ])
  })

  it('is none for layers of other widths, which nothing shows how to narrow', async () => {
    const options = { args: ['fit'], task, run: { inherit }, overrides: ['hidden.units=12'] }
    const { state } = await train(SCRIPT, options)
    expect(state.problems.map(({ message }) => message)).toEqual([
      'No width can be proven. hidden has another width than in the run whose weights were put in, and without a training step nothing shows how it can be narrowed.',
    ])
    expect(state.proof).toBeNull()
  })

  it('is none for a script that only evaluates', async () => {
    const { state } = await train(SCRIPT, { args: ['evaluate'], task, run: { inherit } })
    expect(state.proof).toBeNull()
    expect(state.problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('No examples of a model’s training are known: the script only evaluates it'),
    )
  })

  it('is none for a script with another architecture', async () => {
    const other = await train('process/commandLine.cjs', { task, run: { inherit } })
    expect(other.exitCode).toBe(2)
    expect(other.state.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('The weights of first.jsonl cannot be inherited: no layer of this program can'),
    ])
    expect(other.state.proof).toBeNull()
  })

  it('is none for a run whose weights are gone', async () => {
    const gone = { ...inherit, file: path.join(folder, 'gone') }
    const none = await train(SCRIPT, { args: ['fit', marker], task, run: { inherit: gone } })
    expect(none.exitCode).toBe(2)
    expect(none.state.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('The weights of first.jsonl cannot be inherited: they cannot be read (Error: ENOENT'),
    ])
    expect(none.state.proof).toBeNull()
    expect(existsSync(marker)).toBe(false)
  })
})

describe('bad input', () => {
  /** Proves, which must not fail the training. */
  async function proven(way: string): Promise<Trained> {
    const watched = await train(SCRIPT, { args: [way], task })
    expect({ exitCode: watched.exitCode, stderr: watched.stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(resultOf(watched).drawn).toBe(plain.drawn)
    return watched
  }
  const messages = ({ state }: Trained): string[] => state.problems.map(({ message }) => message)

  it('a loop by hand without a model has no proof, and says why', async () => {
    const watched = await proven('byHand')
    expect(messages(watched)).toEqual([
      expect.stringContaining(
        'No width can be proven. No examples of a model’s training are known: the script only evaluates it, or trains',
      ),
    ])
    expect(watched.state.proof).toBeNull()
  })

  it('a fit without validation data is proven on the inputs of the training', async () => {
    const { state } = await proven('withoutValidation')
    expect(state.problems).toEqual([])
    expect(state.proof).toMatchObject({ phase: 'done', source: 'inputs' })
  })

  it('validation data of a generator are proven on', async () => {
    const { state } = await proven('fitDataset')
    expect(state.problems).toEqual([])
    expect(state.proof).toMatchObject({ phase: 'done', source: 'validation', metric: 'val_acc' })
    expect(state.proof!.examples).toEqual({ deciding: 40, reporting: 40 })
  })

  it('without a known metric the outputs are compared', async () => {
    const { state } = await proven('modelByHand')
    expect(state.problems).toEqual([])
    expect(state.proof).toMatchObject({ phase: 'done', source: 'inputs', metric: 'same class' })
    expect(proofBasis(state.proof!)).toContain(
      'No metric is known, so outputs are compared with those of the present network.',
    )
  })

  it.runIf(STRESS)('networks that are trained in turns are proven one by one, or say why not', async () => {
    const watched = await proven('adversarial')
    const { proof } = watched.state
    expect(proof === null ? messages(watched) : proof.groups).not.toEqual([])
  })

  it('too few examples for two halves are named', async () => {
    const watched = await proven('fewExamples')
    expect(messages(watched)).toEqual([
      "No width can be proven. There are too few examples to evaluate on: 3 batches of the model's batch size 32, where at least 4 are needed.",
    ])
    expect(watched.state.proof).toBeNull()
  })

  it.runIf(STRESS)('fewer observations than features are enough to estimate units from', async () => {
    const { state } = await proven('fewObservations')
    expect(state.problems).toEqual([])
    expect(state.proof?.phase).toBe('done')
    const curves = state.proof!.groups.flatMap(({ curve }) => curve)
    expect(curves.length).toBeGreaterThan(4)
    for (const { value } of curves) expect(value).toBeGreaterThanOrEqual(0)
  })

  it('NaN in the activations leaves no width that is proven', async () => {
    const watched = await proven('notANumber')
    expect(messages(watched).filter((message) => !message.startsWith('The output of'))).toEqual([
      'No width can be proven. The loss of the network is NaN or infinite as it is, so nothing can be compared.',
    ])
    expect(watched.state.proof).toBeNull()
  })

  it('a model that is disposed of before the end is proven before it goes', async () => {
    const { state } = await proven('disposed')
    expect(state.problems).toEqual([])
    expect(state.proof).toMatchObject({ phase: 'done', source: 'validation', metric: 'val_acc' })
  })
})
