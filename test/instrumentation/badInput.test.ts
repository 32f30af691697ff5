import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { epochsOf, ofType, train, type Trained } from './training.ts'

describe('bad input', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bad-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs a script in a folder where nothing is installed. */
  function trainAlone(name: string, source: string): Promise<Trained> {
    const file = path.join(folder, name)
    writeFileSync(file, source)
    return train(file)
  }

  it('NaN in one batch is reported once for its layer, left out, and over in the next epoch', async () => {
    const { exitCode, stderr, state, events } = await train('sampling/notANumber.js')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(state.problems).toHaveLength(1)
    expect(state.problems[0]).toMatchObject({ layer: 'sick', times: 1 })
    expect(state.problems[0]!.message).toContain('NaN')
    const [first, second] = epochsOf(events, 'sick', 'train')
    expect(first).toMatchObject({ status: 'nonFinite', observations: 32, rejected: 32, k: 4 })
    expect(second).toMatchObject({ status: 'ok', observations: 64, rejected: 0, k: 4 })
    for (const epoch of epochsOf(events, 'healthy', 'train')) {
      expect(epoch).toMatchObject({ status: 'ok', observations: 64, rejected: 0 })
    }
  })

  it('a loop that never yields reports while it runs', async () => {
    const proof = path.join(folder, 'seen')
    const { stdout, state } = await train('process/neverYields.js', {
      args: [proof],
      onEvents: (events) => {
        if (ofType([...events], 'saturation').length > 0) writeFileSync(proof, '')
      },
    })
    expect(stdout).toMatch(/^true \d{3,}\n$/)
    expect(state.progress!.step).toBe(Number(stdout.split(' ')[1]))
  })

  it('a script without TensorFlow, without layers or with a syntax error gets a problem with advice', async () => {
    const [missing, empty, broken] = await Promise.all([
      trainAlone('missing.js', "require('@tensorflow/tfjs-node')"),
      trainAlone('empty.js', 'console.log(1)'),
      trainAlone('broken.js', 'const = 3'),
    ])
    expect(missing.state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(missing.state.problems.map(({ advice }) => advice).join()).toContain(
      'npm install --ignore-scripts @tensorflow/tfjs-node',
    )
    expect(empty).toMatchObject({ exitCode: 0, stdout: '1\n', stderr: '' })
    expect(empty.state.ended).toMatchObject({ how: 'completed' })
    expect(empty.state.problems).toHaveLength(1)
    expect(broken.state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(broken.state.problems[0]!.message).toContain('SyntaxError')
    expect(broken.stderr).toContain(`${path.join(folder, 'broken.js')}:1\nconst = 3`)
    // The monitor has not connected to the session, because the process builds no model.
    expect(empty.events.every(({ by }) => by === 'session')).toBe(true)
  })
})
