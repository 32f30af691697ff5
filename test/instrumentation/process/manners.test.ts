import os from 'node:os'
import { describe, expect, it } from 'vitest'
import { ofType, runPlain, train, type Options, type Trained } from '../training.ts'

/** Runs the script with and without the monitor: everything that it and its parent can see has to be the same. */
async function compare(way: string, options: Options = {}): Promise<Trained> {
  const [watched, plain] = await Promise.all([
    train('manners.js', { ...options, args: [way] }),
    runPlain('manners.js', { ...options, args: [way] }),
  ])
  const { exitCode, signal, stdout, stderr } = plain
  expect({ ...watched, events: null, state: null, others: null }).toEqual({
    exitCode,
    signal,
    stdout,
    stderr,
    events: null,
    state: null,
    others: null,
  })
  return watched
}

describe('under the monitor, as without it', () => {
  it('properties, stack traces, standard input, exit listeners and exit code are the user’s', async () => {
    const { stdout, exitCode, state } = await compare('quiet', { stdin: 'typed by a person' })
    expect(stdout).toContain('typed by a person')
    expect(stdout.indexOf('prepended exit listener')).toBeGreaterThan(stdout.indexOf('trained'))
    expect(exitCode).toBe(3)
    // Set by the very last listener, after the monitor had said its last word.
    expect(state.ended).toMatchObject({ how: 'failed', exitCode: 3 })
    expect(state.problems).toEqual([])
  })

  it('an error thrown in a layer while it trains ends the script as it would', async () => {
    const { stderr, exitCode, state, events } = await compare('throws')
    expect(stderr).toContain('RangeError: the layer breaks\n    at Fragile.call')
    expect(exitCode).toBe(1)
    expect(state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(state.problems).toMatchObject([{ message: 'RangeError: the layer breaks', times: 1 }])
    expect(ofType(events, 'saturation').some(({ endOfEpoch }) => endOfEpoch)).toBe(true)
  })

  it('so does an unhandled rejection', async () => {
    const { stderr, exitCode, state } = await compare('rejects')
    expect(stderr).toContain('RangeError: the layer breaks\n    at Fragile.call')
    expect(exitCode).toBe(1)
    expect(state.ended).toMatchObject({ how: 'failed', message: 'The script failed with exit code 1.' })
    expect(state.problems).toMatchObject([{ message: 'RangeError: the layer breaks', times: 1 }])
  })

  it('so does an error of model building, and something thrown that is no error', async () => {
    const [built, odd] = await Promise.all([compare('builds'), compare('odd')])
    expect(built.stderr).toContain('incompatible with layer')
    expect(built.state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(odd.state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
  })

  it('process.exit in mid-training ends it, and the last numbers arrive', async () => {
    const { state, events } = await compare('exits')
    expect(state.ended).toMatchObject({ how: 'completed', exitCode: 0 })
    // Epochs that end faster than they can be solved may be passed over; the last one is not.
    const [reported] = ofType(events, 'saturation').slice(-1)
    expect(reported).toMatchObject({ endOfEpoch: true, step: state.progress!.step })
  })

  it('signals end it, or reach the user’s handler', async () => {
    const [killed, handled] = await Promise.all([
      train('manners.js', { args: ['waits'], signal: 'SIGTERM' }),
      compare('handles', { signal: 'SIGINT' }),
    ])
    expect(killed).toMatchObject({ exitCode: null, signal: 'SIGTERM' })
    expect(killed.state.ended).toMatchObject({ how: 'killed', signal: 'SIGTERM' })
    expect(handled).toMatchObject({ exitCode: 5, stdout: 'ready\ninterrupted\n' })
  })

  it('a model that is never trained is said to be so', async () => {
    const { state } = await compare('untrained')
    expect(state.ended).toMatchObject({
      how: 'completed',
      message: expect.stringContaining('without training') as string,
    })
  })
})

it.runIf(process.platform === 'linux')(
  'the monitor’s thread, and no other, is behind those of the training',
  async () => {
    const { stdout, exitCode } = await train('priorities.js')
    expect({ stdout, exitCode }).toEqual({ stdout: `[${Math.min(10, 19 - os.getPriority())}]\n`, exitCode: 0 })
  },
)
