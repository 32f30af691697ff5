import { beforeAll, describe, expect, it } from 'vitest'
import { ofType, runPlain, train, type Ended, type Trained } from '../training.ts'

interface Result {
  hash: string
  after: string
  tensors: number
  random: number
  next: number
  grown: number
}
const resultOf = ({ stdout }: Ended): Result => JSON.parse(stdout) as Result
const project = (script: string, args: string[], seconds = 600): Promise<Trained> =>
  train(`process/${script}`, { args, task: { kind: 'project', seconds } })

describe('projections onto eigenspaces after a training', () => {
  let plain: Result
  let trained: Trained
  beforeAll(async () => {
    plain = resultOf(await runPlain('process/digits.mjs'))
    trained = await project('digits.mjs', [])
  })

  it('leave weights, generators and tensors as they are', () => {
    expect(trained.exitCode).toBe(0)
    expect(resultOf(trained)).toEqual(plain)
    expect(resultOf(trained)).toMatchObject({ after: plain.hash, grown: 0 })
    expect(trained.state.problems).toEqual([])
    expect(trained.state.ended?.how).toBe('completed')
  })

  it('are lossless near a delta of 1, and cost more the smaller it is; random directions cost much more', () => {
    const { projection } = trained.state
    expect(projection).toMatchObject({ metric: 'acc', better: 'higher', source: 'validation', done: true, notes: [] })
    expect(projection!.examples).toEqual({ deciding: 400, reporting: 400, moments: 2048 })
    const curves = projection!.curves
    expect(curves.map(({ layer, basis }) => [layer, basis])).toEqual([
      [null, 'eigenspace'],
      [null, 'uncentred'],
      [null, 'random'],
      ['hidden1', 'eigenspace'],
      ['hidden2', 'eigenspace'],
    ])
    for (const { points, features } of curves) {
      expect(points).toHaveLength(25)
      // The identity is not computed: not one bit differs.
      expect(points[0]).toMatchObject({
        delta: 1,
        dimensions: features,
        interval: [0, 0],
        within: true,
        ...projection!.plain,
      })
    }
    const [together, , random, first, second] = curves
    const accuracy = (curve = together!, delta: number): number =>
      curve.points.find((point) => point.delta === delta)!.metric!
    expect(projection!.plain.metric).toBeGreaterThan(0.9)
    expect(accuracy(together, 0.998)).toBeGreaterThan(projection!.plain.metric! - 0.01)
    expect(accuracy(together, 0.9)).toBeLessThan(projection!.plain.metric!)
    expect(accuracy(together, 0.9)).toBeGreaterThan(accuracy(random, 0.9) + 0.3)
    expect(together!.smallest).toBeLessThan(1)
    expect(together!.smallest).toBeGreaterThan(0.9)
    for (const alone of [first!, second!]) expect(accuracy(alone, 0.9)).toBeGreaterThan(accuracy(together, 0.9) - 0.01)
    const dimensions = together!.points.map((point) => point.dimensions)
    expect(dimensions).toEqual([...dimensions].sort((a, b) => b - a))
  })

  it('are tried before the model is disposed of, on training examples where there are no others', async () => {
    const [disposed, without] = [
      await project('digits.mjs', ['disposed'], 3),
      await project('digits.mjs', ['without-validation'], 3),
    ]
    expect(disposed.state.projection?.plain).toEqual(trained.state.projection?.plain)
    expect(without.state.projection).toMatchObject({ source: 'inputs', metric: 'acc', done: true })
    expect(without.state.projection!.notes.join()).toContain('gave no validation data')
    expect(resultOf(without)).toMatchObject({ grown: 0, after: resultOf(without).hash })
  })

  it('compare outputs in loops by hand, or say why they cannot', async () => {
    const model = await project('byHand.mjs', ['model'])
    expect(model.state.projection).toMatchObject({
      metric: 'same class',
      source: 'inputs',
      plain: { metric: 1, loss: null },
    })
    const layers = await project('byHand.mjs', ['layers'])
    expect(layers.state.projection).toBeNull()
    expect(ofType(layers.events, 'problem').map(({ message }) => message)).toEqual([
      expect.stringContaining('The layers were not projected. No examples'),
    ])
    expect(layers.exitCode).toBe(0)
  })

  it('say what was left out when the time is over', async () => {
    const { state } = await project('digits.mjs', [], 1)
    expect(state.projection?.done).not.toBe(false)
    // A machine that is very busy has no time for any layer.
    const said = [...(state.projection?.notes ?? []), ...state.problems.map(({ message }) => message)]
    expect(said.join()).toMatch(/time was over|too long/)
  })
})
