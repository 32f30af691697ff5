import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/protocol/events.ts'
import { LogFiles } from '../../../src/cli/run/logFile.ts'
import { CLI } from '../saturation.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-logs-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string): string => path.join(folder, name)

/** A line that makes a file the log of a run. */
function logText(script: string): string {
  const stamp = { seq: 0, by: 'session', time: 1 } as const
  const event: RunEvent = { ...stamp, type: 'run started', protocol: 1, script, args: [], cwd: '/' }
  return JSON.stringify(event) + '\n'
}

/** All files of the folder with their texts. */
function files(): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')]))
}

describe('the logs of a command', () => {
  it('replace an earlier log only when the new run has an event', async () => {
    const earlier = { 'a.jsonl': logText('/old.js'), 'a.weights.safetensors': 'old' }
    for (const [name, text] of Object.entries(earlier)) writeFileSync(at(name), text)
    const failed = new LogFiles(at('a.jsonl'))
    expect((await failed.before)?.script).toBe('/old.js')
    await failed.close()
    failed.dispose()
    expect(files()).toEqual(earlier)

    const logs = new LogFiles(at('a.jsonl'))
    writeFileSync(logs.file(1), logText('/new.js'))
    await logs.close()
    expect(readFileSync(logs.movedTo(at('a.weights.safetensors'))!, 'utf8')).toBe('old')
    logs.dispose()
    expect(files()).toEqual({ 'a.jsonl': logText('/new.js') })
  })

  it('are put back by the next command, where one was killed at any moment', () => {
    const [log, weights] = [logText('/old.js'), 'old']
    const dead = JSON.stringify({ pid: spawnSync(process.execPath, ['-e', '']).pid, host: os.hostname() })
    const left: Record<string, string>[] = [
      { 'a.jsonl': log, 'a.weights.safetensors': weights },
      { '.a.jsonl.before': log, 'a.weights.safetensors': weights },
      { '.a.jsonl.before': log, '.a.jsonl.before.weights.safetensors': weights },
      { 'a.jsonl': '', '.a.jsonl.before': log, '.a.jsonl.before.weights.safetensors': weights },
    ]
    for (const state of left) {
      for (const name of readdirSync(folder)) rmSync(at(name))
      writeFileSync(at('.a.jsonl.lock'), dead)
      for (const [name, text] of Object.entries(state)) writeFileSync(at(name), text)
      new LogFiles(at('a.jsonl')).dispose()
      expect(files()).toEqual({ 'a.jsonl': log, 'a.weights.safetensors': weights })
    }
  })

  it('are claimed, so that a second command is refused, and its numbers are skipped', () => {
    writeFileSync(at('a-2.jsonl'), logText('/other.js'))
    const third = new LogFiles(at('a-3.jsonl'))
    const logs = new LogFiles(at('a.jsonl'))
    expect(() => new LogFiles(at('a.jsonl'))).toThrow(`is in use by another run (process ${process.pid}`)
    expect(logs.file(2)).toBe(at('a-4.jsonl'))
    expect(() => new LogFiles(at('a-4.jsonl'))).toThrow('is in use')
    logs.dispose()
    third.dispose()
    expect(files()).toEqual({ 'a-2.jsonl': logText('/other.js') })
  })

  it('are written through symbolic links, which stay', () => {
    mkdirSync(at('logs'))
    symlinkSync(at('logs/real.jsonl'), at('latest.jsonl'))
    const logs = new LogFiles(at('latest.jsonl'))
    expect(logs.file(1)).toBe(at('logs/real.jsonl'))
    writeFileSync(logs.file(1), logText('/a.js'))
    logs.dispose()
    const second = new LogFiles(at('latest.jsonl'))
    second.dispose()
    expect(lstatSync(at('latest.jsonl')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('latest.jsonl'), 'utf8')).toBe(logText('/a.js'))
    symlinkSync(at('loop.jsonl'), at('loop.jsonl'))
    expect(() => new LogFiles(at('loop.jsonl'))).toThrow('symbolic links lead nowhere')
  })

  it('leave all else alone: other files, folders, pipes and devices', (test) => {
    if (process.platform !== 'linux') return test.skip()
    writeFileSync(at('note.txt'), 'a note\n')
    writeFileSync(at('empty.txt'), '')
    expect(() => new LogFiles(at('note.txt'))).toThrow('is not the log of a run; it was left alone')
    new LogFiles(at('empty.txt')).dispose()
    expect(files()).toEqual({ 'note.txt': 'a note\n', 'empty.txt': '' })
    expect(() => new LogFiles(folder)).toThrow('it is a folder')
    execFileSync('mkfifo', [at('pipe')])
    expect(() => new LogFiles(at('pipe'))).toThrow('it is a named pipe')
    symlinkSync('/dev/null', at('null'))
    const device = new LogFiles(at('null'))
    expect([device.isFile, device.file(1), device.file(2)]).toEqual([false, at('null'), at('null')])
    device.dispose()
    expect(readdirSync(folder).sort()).toEqual(['empty.txt', 'note.txt', 'null', 'pipe'])
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  })
})

describe('saturation run --log', () => {
  const run = (log: string, script: string, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [CLI, 'run', '--log', log, script], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    })

  it('says where the log is and that it is complete, also where somebody removes it meanwhile', () => {
    writeFileSync(at('idle.cjs'), '')
    expect(run(at('a.jsonl'), at('idle.cjs')).stderr).toContain(`Log: ${at('a.jsonl')}, complete.`)
    writeFileSync(at('remove.cjs'), `require('fs').rmSync(${JSON.stringify(at('a.jsonl'))})`)
    const removed = run(at('a.jsonl'), at('remove.cjs'))
    expect(removed.stderr).toContain(`Log: ${at('a.jsonl')}, complete.`)
    expect(readFileSync(at('a.jsonl'), 'utf8')).toMatch(/"run started".*\n(.*\n)*.*"run ended"/)
    writeFileSync(at('cut.cjs'), `require('fs').truncateSync(${JSON.stringify(at('a.jsonl'))})`)
    expect(run(at('a.jsonl'), at('cut.cjs')).stderr).toContain('not complete: another program has shortened it')
  })

  it('starts nothing, and says why, where nothing can be recorded', (test) => {
    if (process.platform !== 'linux') return test.skip()
    writeFileSync(at('mark.cjs'), `require('fs').writeFileSync(${JSON.stringify(at('started'))}, '')`)
    const full = run('/dev/full', at('mark.cjs'))
    expect(full).toMatchObject({ status: 2, stdout: '' })
    expect(full.stderr).toMatch(/^saturation: The run cannot be recorded, and nothing was started: ENOSPC.*\n$/)
    const missing = run(at('b.jsonl'), at('mark.cjs'), { TMPDIR: at('nowhere') })
    expect(missing.status).toBe(2)
    expect(missing.stderr).toMatch(/^saturation: The run cannot be recorded, and nothing was started: ENOENT.*\n$/)
    expect(existsSync(at('started'))).toBe(false)
    expect(readdirSync(folder)).toEqual(['mark.cjs'])
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true)
  })
})
