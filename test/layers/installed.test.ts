import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const PROGRAM = `
await tf.setBackend('cpu')
const projection = eigenspaceProjection({ delta: 0.5 })
const model = tf.sequential({ layers: [tf.layers.dense({ units: 6, inputShape: [4] }), projection, tf.layers.dense({ units: 1 })] })
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
await model.fit(tf.randomNormal([64, 4]), tf.ones([64, 1]), { verbose: 0 })
model.predict(tf.ones([1, 4]))
console.log(projection.dimension < 6 ? 'projects' : 'nothing')
`
const programs: [string, string, string][] = [
  [
    'a module',
    'train.mjs',
    `import * as tf from '@tensorflow/tfjs'\nimport { eigenspaceProjection } from 'saturation-inspector/layers'\n${PROGRAM}`,
  ],
  [
    'a script',
    'train.cjs',
    `const tf = require('@tensorflow/tfjs')\nconst { eigenspaceProjection } = require('saturation-inspector/layers')\n;(async () => {${PROGRAM}})()`,
  ],
]

describe('the public layers, installed', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-layers-'))
    mkdirSync(path.join(folder, 'node_modules'))
    symlinkSync(path.resolve('node_modules/@tensorflow'), path.join(folder, 'node_modules/@tensorflow'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const output = (file: string, program: string): string => {
    writeFileSync(path.join(folder, file), program)
    return execFileSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  }

  it.each(programs)('work in %s from a folder, such as that of the extension', (_name, file, program) => {
    symlinkSync(path.resolve('.'), path.join(folder, 'node_modules/saturation-inspector'))
    expect(output(file, program)).toMatch(/^projects$/m)
  })

  it.each(programs)('work in %s from a package', (_name, file, program) => {
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { stdio: 'ignore' })
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
    const installed = path.join(folder, 'node_modules/saturation-inspector')
    mkdirSync(installed)
    execFileSync('tar', ['xzf', path.join(folder, archive), '-C', installed, '--strip-components=1'])
    expect(output(file, program)).toMatch(/^projects$/m)
  })
})
