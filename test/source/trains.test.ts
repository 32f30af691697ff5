import { expect, test } from 'vitest'
import { trains } from '../../src/source/trains.ts'

const FIT = 'await model.fit(x, y)'

test.each([
  ['require', `const tf = require('@tensorflow/tfjs-node')\n${FIT}`],
  ['require of a member', `const { layers } = require('@tensorflow/tfjs').layers\nmodel.fitDataset(d)`],
  ['import', `import * as tf from '@tensorflow/tfjs'\n${FIT}`],
  ['import for its effect', `import '@tensorflow/tfjs-backend-cpu'\n${FIT}`],
  ['dynamic import', `const tf = await import('@tensorflow/tfjs-node-gpu')\n${FIT}`],
  ['import of a file of the package', `import { fit } from '@tensorflow/tfjs-layers/dist/x'\nfit(x)`],
  ['an optimiser', `import { train } from '@tensorflow/tfjs-core'\ntrain.adam().minimize(() => loss())`],
  ['gradients', `const tf = require('@tensorflow/tfjs')\nconst { grads } = tf.variableGrads(f)\n`],
  ['optional call', `const tf = require('@tensorflow/tfjs')\nmodel?.trainOnBatch(x, y)`],
  ['a name in brackets', `const tf = require('@tensorflow/tfjs')\nmodel['fit'](x, y)`],
  ['a model from elsewhere', `import * as tf from '@tensorflow/tfjs'\nimport { model } from './model.js'\n${FIT}`],
  ['within functions', `import * as tf from '@tensorflow/tfjs'\nasync function main() { try { ${FIT} } catch {} }`],
  ['with an error that the parser tolerates', `import * as tf from '@tensorflow/tfjs'\nlet a; let a\n${FIT}`],
])('trains: %s', (_, text) => expect(trains(text, 'train.js')).toBe(true))

test.each([
  ['no TensorFlow.js', `${FIT}`],
  ['no training', `const tf = require('@tensorflow/tfjs')\nmodel.predict(x)`],
  ['another package', `const tf = require('@tensorflow/tfjs2')\n${FIT}`],
  ['only in a comment', `const tf = require('@tensorflow/tfjs')\n// ${FIT}`],
  ['only in a string', `const a = 'require("@tensorflow/tfjs")'\n${FIT}`],
  ['something named so', `const tf = require('@tensorflow/tfjs')\nconst fit = 1\nmodel.outfit()`],
  ['a class', `const tf = require('@tensorflow/tfjs')\nnew fit()`],
  ['an empty file', ''],
])('does not train: %s', (_, text) => expect(trains(text, 'train.js')).toBe(false))

test('TypeScript', () => {
  expect(trains(`import tf = require('@tensorflow/tfjs')\n${FIT}`, 'train.ts')).toBe(true)
  expect(trains(`import type { Tensor } from '@tensorflow/tfjs'\n${FIT}`, 'train.ts')).toBe(false)
  expect(trains(`import * as tf from '@tensorflow/tfjs'\nawait model!.fit<X>(x as T)`, 'train.mts')).toBe(true)
})

test('unknown while the text cannot be parsed', () => {
  expect(trains(`import * as tf from '@tensorflow/tfjs'\n${FIT}\n"{{{`, 'train.js')).toBeNull()
})

const PROJECT: Record<string, string> = {
  '/p/model.js': `import * as tf from '@tensorflow/tfjs-node'`,
  '/p/nets/index.ts': `export * from './small.js'`,
  '/p/nets/small.ts': `import * as tf from '@tensorflow/tfjs'`,
  '/p/circle.js': `import './train.js'`,
  '/p/training.js': `import * as tf from '@tensorflow/tfjs'\nexport async function trainModel(model) { ${FIT} }`,
  '/p/types.ts': `import type { Tensor } from '@tensorflow/tfjs'`,
}
const read = (file: string) => PROJECT[file] ?? null

test.each([
  ['a module of its own', `import { createModel } from './model.js'\n${FIT}`, true],
  ['through a folder and a re-export', `const { net } = require('./nets')\n${FIT}`, true],
  ['modules that import each other', `import './circle.js'\n${FIT}`, false],
  ['types only', `import './types'\n${FIT}`, false],
  ['a module that is missing', `import './gone.js'\n${FIT}`, false],
  ['nothing is trained', `import { createModel } from './model.js'\ncreateModel()`, false],
])('TensorFlow.js in %s', (_, text, expected) => expect(trains(text, '/p/train.js', read)).toBe(expected))

test.each([
  ['a call', `import { trainModel } from './training'\ntrainModel(build())`, true],
  [
    'a call with what follows it',
    `const { trainModel } = require('./training')\ntrainModel().catch(console.error)`,
    true,
  ],
  ['a main program', `import { trainModel } from './training'\nif (require.main === module) { trainModel() }`, true],
  [
    'a function called at once',
    `require('@tensorflow/tfjs-node');(async () => { await require('./training').go() })()`,
    true,
  ],
  ['an awaited result', `import { trainModel } from './training.js'\nconst model = await trainModel()`, true],
  ['nothing, but re-exports it', `export { trainModel } from './training'`, false],
  [
    'nothing, but exports a function',
    `import { trainModel } from './training'\nexport const twice = () => trainModel()`,
    false,
  ],
  ['tests', `import { trainModel } from './training'\ndescribe('trainModel', () => {})`, false],
  [
    'a function that trains nothing',
    `import { createModel } from './model.js'\n// before training\ncreateModel()`,
    false,
  ],
])('a script that leaves the training to a module, and starts %s', (_, text, expected) =>
  expect(trains(text, '/p/train.js', read)).toBe(expected),
)
