import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'
import type { RunEvent } from '../../../src/protocol/events.ts'
import { HELLO } from '../../../src/protocol/handshake.ts'
import { Outbox } from '../../../src/instrumentation/worker/outbox.ts'
import { Reporter } from '../../../src/instrumentation/worker/reporter.ts'

interface Request {
  id: number
  method: string
  params: { events: RunEvent[] }
}

describe('the reporter', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-reporter-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('sends again the events that the session did not acknowledge, because it died or could not store them', async () => {
    const address = path.join(folder, 'run.sock')
    const reports: number[][] = []
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      const writer = new StreamMessageWriter(socket)
      const reply = (answer: object): Promise<void> => writer.write({ jsonrpc: '2.0', ...answer })
      new StreamMessageReader(socket).listen((message) => {
        const { id, method, params } = message as unknown as Request
        if (method === HELLO) return void reply({ id, result: { next: 0 } })
        reports.push(params.events.map(({ seq }) => seq))
        if (reports.length === 1) socket.destroy()
        else if (reports.length === 2) void reply({ id, error: { code: -32603, message: 'the disk is full' } })
        else void reply({ id, result: { next: params.events.length } })
      })
    })
    await new Promise<void>((resolve) => server.listen(address, resolve))
    const outbox = new Outbox()
    for (const message of ['a', 'b']) outbox.add({ type: 'problem', layer: null, message, advice: '' }, 1)
    const invitation = { address, secret: '', delta: 0.99, budget: 1, orphanAfter: null }
    const reporter = new Reporter(invitation, { pid: process.pid, thread: 0 }, outbox)
    reporter.connect(invitation)
    await reporter.drained()
    expect(reports).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    server.close()
  })

  it('survives a session that goes away between two reports', async () => {
    const address = path.join(folder, 'leaving.sock')
    const kept: number[] = []
    let greeted = 0
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      const writer = new StreamMessageWriter(socket)
      new StreamMessageReader(socket).listen((message) => {
        const { id, method, params } = message as unknown as Request
        if (method !== HELLO) kept.push(...params.events.map(({ seq }) => seq))
        void writer.write({ jsonrpc: '2.0', id, result: { next: kept.length } } as never).then(() => {
          if (method === HELLO && ++greeted <= 2) socket.end()
        })
      })
    })
    await new Promise<void>((resolve) => server.listen(address, resolve))
    const outbox = new Outbox()
    const invitation = { address, secret: '', delta: 0.99, budget: 1, orphanAfter: null }
    const reporter = new Reporter(invitation, { pid: process.pid, thread: 0 }, outbox)
    reporter.connect(invitation)
    // New events keep coming, so that some are written to a socket that the other side has ended.
    const timer = setInterval(() => {
      outbox.add({ type: 'problem', layer: null, message: 'x'.repeat(10_000), advice: '' }, 1)
      reporter.flush()
    }, 1)
    await expect.poll(() => greeted, { timeout: 120_000 }).toBeGreaterThan(2)
    clearInterval(timer)
    await reporter.drained()
    expect(kept).toEqual(kept.map((_, n) => n))
    server.close()
  })
})
