import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { saturation } from '../cli/saturation.ts'
import { cases } from '../stress.ts'

const STEPS = cases(1_500, 300_000)
/** Bytes by which memory may differ: what the garbage collector leaves, and the heap's own pages. */
const MEMORY_NOISE = 24e6

// Node looks for TensorFlow.js from where the script is.
const folder = mkdtempSync(path.resolve('dist', 'soak-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Trains in the smallest steps there are, since hundreds of thousands have to end within minutes, and writes fifty times what this process and the session, its parent, hold: descriptors, resident bytes.
 */
const SCRIPT = `
const { readFileSync, readdirSync, writeFileSync } = require('node:fs')
require('node:v8').setFlagsFromString('--expose-gc')
const collect = require('node:vm').runInNewContext('gc')
const tf = require('@tensorflow/tfjs')
const [steps, file] = [Number(process.argv[2]), process.argv[3]]
const layer = tf.layers.dense({ units: 4, useBias: false, inputShape: [4] })
const [x, optimizer] = [tf.randomNormal([4, 4]), tf.train.sgd(1e-6)]
// This makes the weights.
layer.apply(x).dispose()
const descriptors = (pid) => readdirSync('/proc/' + pid + '/fd').length
const resident = (pid) => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))[1]) * 1024
async function main() {
  const samples = []
  for (let step = 1; step <= steps; step++) {
    optimizer.minimize(() => layer.apply(x).sum())
    // A loop without pauses would leave the process no time for its own messages.
    if (step % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    if (step % (steps / 50)) continue
    collect()
    const of = (pid) => ({ descriptors: descriptors(pid), resident: resident(pid) })
    samples.push({ step, tensors: tf.memory().numTensors, training: of(process.pid), session: of(process.ppid) })
  }
  writeFileSync(file, JSON.stringify(samples))
}
main()
`

interface Sample {
  step: number
  tensors: number
  training: { descriptors: number; resident: number }
  session: { descriptors: number; resident: number }
}

it.skipIf(process.platform !== 'linux')('holds no more memory or descriptors the longer it trains', async () => {
  const [script, samplesFile] = [path.join(folder, 'soak.cjs'), path.join(folder, 'samples.json')]
  writeFileSync(script, SCRIPT)
  const log = path.join(folder, 'run.jsonl')
  const ended = await saturation(['run', '--log', log, script, String(STEPS), samplesFile])
  expect(ended.code, ended.stderr).toBe(0)
  const samples = JSON.parse(readFileSync(samplesFile, 'utf8')) as Sample[]
  expect(samples.at(-1)?.step).toBe(STEPS)
  const [early, late] = [samples.slice(15, 25), samples.slice(-10)]
  expect(new Set([...early, ...late].map(({ tensors }) => tensors)).size).toBe(1)
  for (const of of ['training', 'session'] as const) {
    const most = (some: Sample[], key: 'descriptors' | 'resident'): number =>
      Math.max(...some.map((one) => one[of][key]))
    expect(most(late, 'descriptors'), `descriptors of the ${of}`).toBeLessThanOrEqual(most(early, 'descriptors'))
    const grown = most(late, 'resident') - most(early, 'resident')
    expect(grown, `bytes by which the ${of} has grown`).toBeLessThan(MEMORY_NOISE)
  }
})
