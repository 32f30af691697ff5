import { describe, expect, it } from 'vitest'
import { ofType, runPlain, train, type Options, type Trained } from '../training.ts'

/** Runs the script with and without the monitor. All that it and its parent process can see must be the same. */
async function compare(way: string, options: Options = {}): Promise<Trained> {
  const [watched, plain] = await Promise.all([
    train('process/manners.js', { ...options, args: [way] }),
    runPlain('process/manners.js', { ...options, args: [way] }),
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

describe('with the monitor, as without it', () => {
  it('properties, stack traces, standard input, exit listeners and exit code stay the user’s', async () => {
    const { stdout, exitCode, state } = await compare('quiet', { stdin: 'typed by a person' })
    expect(stdout).toContain('typed by a person')
    expect(stdout.indexOf('prepended exit listener')).toBeGreaterThan(stdout.indexOf('trained'))
    expect(exitCode).toBe(3)
    // The last exit listener sets the code, after the monitor has sent its last event.
    expect(state.ended).toMatchObject({ how: 'failed', exitCode: 3 })
    expect(state.problems).toEqual([])
  })

  it('an error thrown in a layer during training ends the script', async () => {
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

  it('so does an error while a model is built, and a thrown value that is no error', async () => {
    const [built, odd] = await Promise.all([compare('builds'), compare('odd')])
    expect(built.stderr).toContain('incompatible with layer')
    expect(built.state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(odd.state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
  })

  it('process.exit during training ends the script, and the last numbers arrive', async () => {
    const { state, events } = await compare('exits')
    expect(state.ended).toMatchObject({ how: 'completed', exitCode: 0 })
    // Epochs that end faster than their windows can be solved may be skipped. The last one is not.
    const [reported] = ofType(events, 'saturation').slice(-1)
    expect(reported).toMatchObject({ endOfEpoch: true, step: state.progress!.step })
  })

  it('signals end the script, or reach the user’s handler', async () => {
    const [killed, handled] = await Promise.all([
      train('process/manners.js', { args: ['waits'], signal: 'SIGTERM' }),
      compare('handles', { signal: 'SIGINT' }),
    ])
    expect(killed).toMatchObject({ exitCode: null, signal: 'SIGTERM' })
    expect(killed.state.ended).toMatchObject({ how: 'killed', signal: 'SIGTERM' })
    expect(handled).toMatchObject({ exitCode: 5, stdout: 'ready\ninterrupted\n' })
  })

  it('a model that is never trained is reported as such', async () => {
    const { state } = await compare('untrained')
    expect(state.ended).toMatchObject({
      how: 'completed',
      message: expect.stringContaining('without training') as string,
    })
  })
})
