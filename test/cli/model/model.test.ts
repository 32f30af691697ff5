import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { saturation } from '../saturation.ts'

const MNIST = path.resolve(import.meta.dirname, '../../../examples/mnist/model.js')

it('prints a table of the layers, and the same as JSON', async () => {
  const [text, json] = await Promise.all([saturation(['model', MNIST]), saturation(['model', MNIST, '--json'])])
  expect(text.stdout).toMatch(/conv1 +Conv2D +\[—, 26, 26, 16\] +160 +195 k +43.3 kB +3\n/)
  expect(text.stdout).toContain('256,458 parameters, 2.11 MFLOPs for each example')
  const [model] = JSON.parse(json.stdout) as { parameters: number; layers: unknown[] }[]
  expect(model).toMatchObject({ parameters: 256_458, line: 5, input: [28, 28] })
  expect(model?.layers[1]).toMatchObject({ name: 'conv1', flops: 194_688, receptiveField: { min: [3, 3] } })
})

it('says in one sentence why nothing can be read', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'saturation-model-'))
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text)
    return path.join(folder, name)
  }
  const bad = [
    [path.join(folder, 'gone.js'), /cannot be read/],
    [file('broken.js', 'tf.layers.dense({'), /no JavaScript or TypeScript/],
    [file('none.js', 'console.log(1)'), /makes no model/],
    [
      file('open.js', 'tf.sequential({ layers: [tf.layers.dense({ units: data.size, inputShape: [2] })] })'),
      /depend on/,
    ],
  ] as const
  const ended = await Promise.all(bad.map(([name]) => saturation(['model', name])))
  ended.forEach(({ code, stderr, stdout }, n) => {
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1])
    expect(stderr).toMatch(bad[n]![1])
  })
})
