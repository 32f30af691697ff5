import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeLaunch } from '../../../src/runner/launch/launch.ts'
import { resolveRequest } from '../../../src/runner/launch/resolveRequest.ts'

const options = { delta: 0.99, budget: 1, orphanAfter: null }
const node = process.execPath
const args = ['--epochs', '5']
let folder: string
const inFolder = (name: string): string => path.join(folder, name)
beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'saturation-request-')))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a launch request', () => {
  it('for a script runs it as it was typed, and names the file that Node finds', async () => {
    writeFileSync(inFolder('train.js'), '')
    const resolved = await resolveRequest({ script: inFolder('train'), args, node, options, env: { A: '1' } })
    expect(resolved.named).toEqual({ script: inFolder('train.js'), args, cwd: folder })
    const launch = describeLaunch(resolved, '/invitation.json', '/a b/preload.cjs')
    expect(launch).toMatchObject({ command: node, args: [inFolder('train'), ...args], cwd: folder })
    expect(launch.env).toMatchObject({ A: '1', SATURATION_RUN: '/invitation.json' })
    expect(launch.env['NODE_OPTIONS']).toMatch(/--require "\/a b\/preload.cjs"$/)
  })

  it('for a script of package.json runs its package manager, and names the package.json', async () => {
    writeFileSync(inFolder('package.json'), '{"scripts":{"train":"node train.js"}}')
    const resolved = await resolveRequest({ script: 'train', ofPackage: true, args, node, cwd: folder, options })
    expect(resolved.named).toEqual({ script: inFolder('package.json'), packageScript: 'train', args, cwd: folder })
    const { command, args: all } = describeLaunch(resolved, '/i', '/p')
    expect([command, ...all]).toEqual(['npm', 'run', 'train', '--', ...args])
  })

  it('for a program runs it, and names it as it was typed', async () => {
    const resolved = await resolveRequest({ script: 'tsx', program: '/bin/tsx', args, node, cwd: folder, options })
    expect(resolved.named).toEqual({ script: 'tsx', args, cwd: folder })
    expect(describeLaunch(resolved, '/i', '/p')).toMatchObject({ command: '/bin/tsx', args, cwd: folder })
  })

  it('is refused when the script or Node is missing', async () => {
    const script = inFolder('train.js')
    await expect(resolveRequest({ script, args, node, options })).rejects.toThrow(`There is no script ${script}.`)
    writeFileSync(script, '')
    await expect(resolveRequest({ script, args, node: '/no/node', options })).rejects.toThrow('was not found')
    const atFolder = { script: folder, args, node, options }
    await expect(resolveRequest(atFolder)).rejects.toThrow(`${folder} is a folder`)
  })
})
