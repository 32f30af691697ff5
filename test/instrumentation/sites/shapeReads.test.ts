import { build } from 'esbuild'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runPlain, train } from '../training.ts'

/** Prints symbolic tensors, reads the shape of the one that a residual connection has, and trains. */
const program = (reads: boolean) => `const tf = require('@tensorflow/tfjs')
const dense = (name, units) => tf.layers.dense({ name, units })
const input = tf.input({ shape: [6] })
const stem = dense('stem', 8).apply(input)
const branch = dense('branch', 8).apply(dense('narrow', 3).apply(stem))
console.log(branch, Object.entries(branch).map(([name]) => name), 'shape' in branch)
const sum = tf.layers.add().apply([${reads ? 'stem.shape[1] === 8 ? stem : null' : 'stem'}, branch])
const model = tf.model({ inputs: input, outputs: dense('out', 3).apply(sum) })
model.summary()
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
model.fit(tf.ones([8, 6]), tf.ones([8, 3]), { verbose: 0 })
`

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'saturation-shapes-')))
symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'dir')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['a program that reads the shape', true, 'plain', 'shape'],
  ['a bundle that includes the library and has a source map', true, 'mapped', 'shape'],
  ['such a bundle that reads no shape', false, 'mapped', null],
  // Nothing tells the program's code from the library's: what the library reads must not count.
  ['such a bundle without a source map', false, 'bare', null],
] as const)('reads of shapes are seen in %s, and it prints the same', async (name, reads, form, unknown) => {
  const source = path.join(folder, `${name.replaceAll(' ', '-')}.cjs`)
  writeFileSync(source, program(reads))
  const outfile = path.join(folder, `${name.replaceAll(' ', '-')}.out.cjs`)
  if (form !== 'plain')
    await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', sourcemap: form === 'mapped' })
  const script = form === 'plain' ? source : outfile
  const [watched, plain] = await Promise.all([train(script), runPlain(script)])
  const { exitCode, stdout, stderr } = watched
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: plain.stdout, stderr: plain.stderr })
  expect(stdout).toContain('shape: [ null, 8 ]')
  const groups = Object.fromEntries(watched.state.layers.map((layer) => [layer.name, layer.group?.unknown]))
  expect(groups).toMatchObject({ stem: unknown, branch: unknown, narrow: null })
})
