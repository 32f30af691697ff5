import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'
import type { RunEvent } from '../../src/protocol/events.ts'
import { HELLO, INVITATION_VARIABLE, JOIN } from '../../src/protocol/handshake.ts'
import { epochsOf, ofType, PRELOAD, runPlain, train, type Ended } from './training.ts'

const INVITATION = { secret: '', preload: PRELOAD, delta: 0.99, budget: 1, orphanAfter: null }

describe('a fault of the monitor', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-faults-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let plain: Ended
  beforeAll(async () => {
    plain = await runPlain('process/faults.js')
    expect(plain.stdout).toMatch(/^4 \d+ [0-9a-f]{64}\n$/)
  })

  it.each([
    ['op', 'a failing operation', /switched off.*out of memory, says the test/],
    ['worker', 'the death of its worker thread', /switched off.*worker thread ended/],
  ])('%s: %s switches it off and is reported; the training ends in the same bits', async (how, _, message) => {
    const reported = path.join(folder, how)
    const { exitCode, stdout, stderr, state, events } = await train('process/faults.js', {
      args: [how, reported],
      onEvents: (some) => {
        if (some.some((event) => event.type === 'saturation' && event.endOfEpoch)) writeFileSync(reported, '')
      },
    })
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: plain.stdout, stderr: '' })
    expect(state.problems).toHaveLength(1)
    expect(state.problems[0]).toMatchObject({
      layer: null,
      message: expect.stringMatching(message) as string,
      times: 1,
    })
    expect(ofType(events, 'run ended')[0]).toMatchObject({ by: 'trainer', how: 'completed', exitCode: 0 })
    // Earlier measurements stay, and no others follow.
    const epochs = epochsOf(events, state.layers[0]!.id, 'train').length
    expect(epochs).toBeGreaterThanOrEqual(1)
    expect(epochs).toBeLessThan(4)
  })

  /** Writes an invitation and returns its path. */
  const invite = (invitation: object): string => {
    const file = path.join(folder, 'invitation.json')
    writeFileSync(file, JSON.stringify(invitation))
    return file
  }

  it('before it begins, an invalid invitation, is reported in one line', async () => {
    const { exitCode, stdout, stderr } = await runPlain('process/faults.js', {
      nodeArgs: ['--require', PRELOAD],
      env: { [INVITATION_VARIABLE]: invite({ address: 7 }) },
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: plain.stdout })
    expect(stderr).toMatch(/^Saturation Inspector: not monitoring this process: .*\n$/)
  })

  it('a process that outlives its command, whose invitation is gone, is left alone', async () => {
    const { exitCode, stdout, stderr } = await runPlain('process/faults.js', {
      nodeArgs: ['--require', PRELOAD],
      env: { [INVITATION_VARIABLE]: path.join(folder, 'withdrawn.json') },
    })
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: plain.stdout, stderr: '' })
  })

  it('a session that is not there costs nothing but the wait at the end', async () => {
    const invitation = { ...INVITATION, address: '/nowhere/run.sock' }
    const { exitCode, stdout, stderr } = await runPlain('process/faults.js', {
      nodeArgs: ['--require', PRELOAD],
      env: { [INVITATION_VARIABLE]: invite(invitation) },
    })
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: plain.stdout, stderr: '' })
  })

  it('a session that is not there ends a training that may not go on without one', async () => {
    const { signal, stderr } = await runPlain('process/paced.js', {
      args: [path.join(folder, 'never'), path.join(folder, 'done')],
      nodeArgs: ['--require', PRELOAD],
      env: { [INVITATION_VARIABLE]: invite({ ...INVITATION, address: '/nowhere/run.sock', orphanAfter: 300 }) },
    })
    expect({ signal, stderr }).toEqual({ signal: 'SIGTERM', stderr: '' })
  })

  it('a session that is slow to answer gets every event', async () => {
    const address = path.join(folder, 'slow.sock')
    const types: string[] = []
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      const writer = new StreamMessageWriter(socket)
      new StreamMessageReader(socket).listen((message) => {
        const { id, method, params } = message as unknown as {
          id: number
          method: string
          params: { events: RunEvent[] }
        }
        if (method === JOIN) return void writer.write({ jsonrpc: '2.0', id, result: { address, secret: '' } } as never)
        const reply = () => void writer.write({ jsonrpc: '2.0', id, result: { next: types.length } } as never)
        if (method === HELLO) return reply()
        types.push(...params.events.map(({ type }) => type))
        // By then the training has ended, and its process waits for nothing but this reply.
        if (types.length === params.events.length) setTimeout(reply, 2500)
        else reply()
      })
    })
    await new Promise<void>((resolve) => server.listen(address, resolve))
    const invitation = { ...INVITATION, address }
    const { exitCode, stdout } = await runPlain('process/faults.js', {
      nodeArgs: ['--require', PRELOAD],
      env: { [INVITATION_VARIABLE]: invite(invitation) },
    })
    server.close()
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: plain.stdout })
    expect(types).toContain('run ended')
    expect(types).toContain('saturation')
  })
})
