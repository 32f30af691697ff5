import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { epochsOf, layersOf, runPlain, train } from '../training.ts'

const PROGRAMS = path.resolve('test/fixtures/programs/surroundings')
/** On a busy machine few rows are taken, and a window goes on over the end of an epoch until it has enough of them. */
const ALL_ROWS = { rows: 'all' } as const
const program = (name: string): string => path.join(PROGRAMS, name)

describe.each(['global', 'object'])('in a program that defines a global window (%s)', (kind) => {
  it('a model is measured', async () => {
    const { state, events, exitCode } = await train(program('window.cjs'), {
      args: [kind, '../processes/parts/job.cjs'],
      ...ALL_ROWS,
    })
    expect(exitCode).toBe(0)
    expect(state.problems).toEqual([])
    expect(epochsOf(events, 'job_hidden', 'train').map(({ seen }) => seen)).toEqual([64, 64])
  })

  it('a model of plain variables is explained', async () => {
    const { state } = await train(program('window.cjs'), { args: [kind, '../models/variables.js'] })
    expect(state.progress?.step).toBe(20)
    expect(state.problems).toMatchObject([{ message: expect.stringMatching(/ran no layer/) as string }])
  })
})

it('models in contexts of node:vm are measured, and stack traces there are the same as without the monitor', async () => {
  const { exitCode, stdout, state, events } = await train(program('realms.cjs'))
  expect(exitCode).toBe(0)
  expect(state.progress?.step).toBe(8)
  expect(layersOf(events).map(({ name, site }) => [name, path.basename(site?.file ?? ''), site?.line])).toEqual(
    ['first', 'second'].flatMap((name) => [
      [`${name}_hidden`, 'inRealm.cjs', 14],
      [`${name}_output`, 'inRealm.cjs', 15],
    ]),
  )
  expect(state.layers.map(({ train }) => train !== null)).toEqual([true, true, true, true])
  expect(stdout).toMatch(/^RangeError: the layer breaks\n {4}at Broken\.call/)
  expect(stdout).toBe((await runPlain(program('realms.cjs'))).stdout)
})

it('a program that seeds Math.random draws the same numbers, even if printing a stack trace draws some', async () => {
  const { exitCode, stdout, events } = await train(program('seeded.cjs'))
  expect(exitCode).toBe(0)
  expect(layersOf(events).map(({ site }) => path.basename(site?.file ?? ''))).toEqual(['seeded.cjs', 'seeded.cjs'])
  expect(stdout).toBe((await runPlain(program('seeded.cjs'))).stdout)
})

it('two copies of TensorFlow.js in one process are both measured', async () => {
  mkdirSync('artifacts', { recursive: true })
  // The folder lies below this project, so that the dependencies of TensorFlow.js are found.
  const folder = mkdtempSync(path.resolve('artifacts', 'copies-'))
  try {
    // Layers are named because the copies share an engine, which accepts each name only once.
    for (const copy of ['first', 'second']) {
      const scope = path.join(folder, copy, 'node_modules', '@tensorflow')
      mkdirSync(scope, { recursive: true })
      for (const name of ['', '-core', '-layers', '-converter', '-data', '-backend-cpu', '-backend-webgl'])
        execFileSync('cp', ['-rl', path.resolve('node_modules/@tensorflow', `tfjs${name}`), scope])
      writeFileSync(
        path.join(folder, copy, 'model.cjs'),
        `const tf = require('@tensorflow/tfjs')
exports.tf = tf
exports.train = async () => {
  const model = tf.sequential()
  model.add(tf.layers.dense({ name: '${copy}', units: 5, inputShape: [3] }))
  model.add(tf.layers.dense({ name: '${copy}_output', units: 1 }))
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const xs = tf.randomNormal([64, 3])
  await model.fit(xs, xs.sum(1, true), { epochs: 2, batchSize: 16, verbose: 0 })
}
`,
      )
    }
    const main = path.join(folder, 'main.cjs')
    writeFileSync(
      main,
      `const copies = [require('./first/model.cjs'), require('./second/model.cjs')]
console.log(copies[0].tf.layers === copies[1].tf.layers, copies[0].tf.sequential === copies[1].tf.sequential)
copies[0].train().then(copies[1].train)
`,
    )
    const { stdout, exitCode, state, events } = await train(main, ALL_ROWS)
    expect(exitCode).toBe(0)
    expect(stdout).toBe('false false\n')
    expect(state.progress?.step).toBe(16)
    for (const copy of ['first', 'second']) {
      expect(epochsOf(events, copy, 'train').map(({ seen }) => seen)).toEqual([64, 64])
      expect(layersOf(events).find(({ name }) => name === copy)?.site).toMatchObject({
        file: path.join(folder, copy, 'model.cjs'),
        line: 5,
      })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
