import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../../../src/learned/makeFolder.ts'
import { CLI, saturation } from '../saturation.ts'

// Node looks for TensorFlow.js from where the script is.
const folder = mkdtempSync(path.resolve('dist', 'places-'))
const temporary = mkdtempSync(path.join(os.tmpdir(), 'places-'))
afterAll(() => [folder, temporary].forEach((one) => rmSync(one, { recursive: true, force: true })))

const logs = path.join(temporary, 'logs')
const log = path.join(logs, 'run.jsonl')

/** A training that removes folders in its middle, and trains on for longer than it takes to see that. */
const SCRIPT = path.join(folder, 'train.cjs')
writeFileSync(
  SCRIPT,
  `const tf = require('@tensorflow/tfjs-node')
  const { rmSync } = require('node:fs')
  const model = tf.sequential()
  model.add(tf.layers.dense({ units: 8, inputShape: [4], name: 'hidden', activation: 'relu' }))
  model.add(tf.layers.dense({ units: 1 }))
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const removed = process.argv.slice(2)
  const onEpochEnd = async (epoch) => {
    if (epoch === 20) removed.forEach((one) => rmSync(one, { recursive: true }))
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  const data = [tf.randomNormal([64, 4]), tf.randomNormal([64, 1])]
  model.fit(...data, { epochs: 100, verbose: 0, callbacks: { onEpochEnd } }).then(() => console.log('trained'))`,
)

it('goes on where the temporary folder and that of the log are removed, and loses nothing', async () => {
  const tmp = path.join(temporary, 'tmp')
  for (const one of [tmp, logs]) mkdirSync(one)
  const ended = await saturation(['run', '--log', log, SCRIPT, tmp, logs], { env: { TMPDIR: tmp } })
  expect(ended.stderr).toContain('complete.')
  expect(ended).toMatchObject({ code: 0, stdout: 'trained\n' })
  const events = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; seq: number; by: string; step?: number })
  expect(events.at(-1)?.type).toBe('run ended')
  for (const by of ['session', 'trainer']) {
    const numbers = events.filter((event) => event.by === by).map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, i) => i))
  }
})

it('starts nothing without a temporary folder', async () => {
  const { code, stdout, stderr } = await saturation(['run', SCRIPT], { env: { TMPDIR: path.join(temporary, 'none') } })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^saturation: The run cannot be recorded, and nothing was started: ENOENT[^\n]*\n$/)
})

describe.skipIf(!existsSync('/dev/full'))('on a full disk', () => {
  it('says in one sentence that the output cannot be written', () => {
    const stdio: ['ignore', number, 'pipe'] = ['ignore', openSync('/dev/full', 'w'), 'pipe']
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'report', log], { stdio, encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toBe('saturation: The output cannot be written: ENOSPC: no space left on device, write\n')
  })

  it('leaves a script alone whose output and ours find no room', async () => {
    const full = openSync('/dev/full', 'w')
    const script = path.join(folder, 'prints.cjs')
    const code = `const tf = require('@tensorflow/tfjs-node')
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      model.fit(tf.ones([8, 1]), tf.ones([8, 1]), { verbose: 0 }).then(() => console.log('text'))`
    writeFileSync(script, code)
    const codes = [[script], [CLI, 'run', script]].map((args) => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', full, full] })
      return new Promise((resolve) => child.once('exit', resolve))
    })
    expect(await Promise.all(codes)).toEqual([0, 0])
  })
})

it('makes folders, and ends where none can be made', () => {
  const deep = path.join(temporary, 'a', 'b', 'c')
  makeFolder(deep)
  makeFolder(deep)
  expect(existsSync(deep)).toBe(true)
  writeFileSync(path.join(deep, 'file'), '')
  expect(() => makeFolder(path.join(deep, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(path.join(deep, 'file', 'under'))).toThrow('ENOTDIR')
  if (process.platform === 'linux') expect(() => makeFolder('/proc/nowhere/under')).toThrow('ENOENT')
})
