import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listenOn } from '../../../src/runner/transport/address.ts'
import { claimStorage, clearLeftovers } from '../../../src/runner/transport/leftovers.ts'

const parent = mkdtempSync(path.join(os.tmpdir(), 'leftovers-'))
const server = net.createServer()
const at = (name: string, ...parts: string[]): string => path.join(parent, name, ...parts)
/** A folder that has not been touched for an hour. */
function old(name: string, mode = 0o700): string {
  mkdirSync(at(name), { recursive: true })
  chmodSync(at(name), mode)
  utimesSync(at(name), Date.now() / 1000 - 3600, Date.now() / 1000 - 3600)
  return at(name)
}

const DIES = `
const net = require('node:net')
net.createServer().listen(process.argv[1], () => console.log('listening'))`

beforeAll(async () => {
  for (const name of ['saturation-killed', 'saturation-spared']) mkdirSync(at(name), { mode: 0o700 })
  const child = spawn(process.execPath, ['-e', DIES, at('saturation-killed', 'run.sock')])
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await listenOn(server, at('saturation-spared', 'run.sock'))
})
afterAll(() => {
  server.close()
  rmSync(parent, { recursive: true, force: true })
})

it('removes what killed sessions left, and nothing else', async () => {
  // A command that was killed: its claim is that of a process that is gone.
  mkdirSync(at('saturation-run-KILLED', 'runs'), { recursive: true })
  writeFileSync(at('saturation-run-KILLED', 'runs', 'invitation.json'), '{"secret":"s"}')
  writeFileSync(at('saturation-run-KILLED', '.session.lock'), JSON.stringify({ pid: 2 ** 31 - 1, host: os.hostname() }))
  mkdirSync(at('saturation-run-ALIVE1'))
  claimStorage(at('saturation-run-ALIVE1'))
  mkdirSync(at('saturation-run-YOUNG1'), { mode: 0o700 })
  mkdirSync(at('saturation-notour'))
  writeFileSync(at('saturation-notour', 'thesis.txt'), 'mine')
  const removed = [old('saturation-killed'), old('saturation-run-KILLED'), old('saturation-empty1')]
  const kept = [
    old('saturation-spared'),
    old('saturation-run-ALIVE1'),
    at('saturation-run-YOUNG1'),
    old('saturation-notour'),
    old('saturation-open01', 0o755),
    old('saturation-long-name-of-others'),
    old('other-AbCdEf'),
  ]
  await clearLeftovers([parent, at('nowhere')])
  expect(removed.filter(existsSync)).toEqual([])
  expect(kept.filter((file) => !existsSync(file))).toEqual([])
  expect(existsSync(at('saturation-spared', 'run.sock'))).toBe(true)
})
