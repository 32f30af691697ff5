import { expect, it } from 'vitest'
import { staticHints } from '../../../src/presentation/static/staticHints.ts'
import { flopsWords } from '../../../src/presentation/numbers.ts'
import { bytesWords, fieldWords, shapeWords } from '../../../src/presentation/static/staticWords.ts'
import { readModels } from '../../../src/source/model/readModels.ts'

const hints = (code: string) =>
  staticHints(readModels(code, 'a.js')!, 'a.js').map((hint) => ({ ...hint, code: code.slice(hint.start, hint.end) }))

it('says shape, parameters, FLOPs and receptive field of each construction', () => {
  const code = `const model = tf.sequential()
    model.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3 }))
    model.add(tf.layers.maxPooling2d())
    model.add(tf.layers.conv2d({ filters: 8, kernelSize: [3, 1] }))`
  expect(hints(code).map(({ code, title }) => [code.slice(0, 16), title])).toEqual([
    ['tf.layers.conv2d', '[—, 26, 26, 16] · 160 parameters · 195 kFLOPs · receptive field 3'],
    ['tf.layers.maxPoo', '[—, 13, 13, 16] · receptive field 4'],
    ['tf.layers.conv2d', '[—, 11, 13, 8] · 392 parameters · 110 kFLOPs · receptive field 8 × 4'],
  ])
  expect(hints(code)[0]?.fields).toEqual(['Receptive field 3 of an input of 28 × 28, feature map 26 × 26.'])
  expect(hints(code)[0]?.details.at(-1)).toBe('Its output takes 43.3 kB for each example.')
})

it('sums the layers of a construction that a loop repeats', () => {
  const code = `const model = tf.sequential()
    model.add(tf.layers.inputLayer({ inputShape: [3] }))
    for (const units of [4, 2]) model.add(tf.layers.dense({ units }))`
  expect(hints(code)[1]).toMatchObject({
    title: '2 layers · 26 parameters · 40 FLOPs',
    details: [expect.anything(), '[—, 4] · 16 parameters · 24 FLOPs', '[—, 2] · 10 parameters · 16 FLOPs'],
  })
})

it('says nothing of a construction if one of its layers is not known', () => {
  const code = `const make = (units) => tf.layers.dense({ units, inputShape: [3] })
    tf.sequential({ layers: [make(4)] })
    tf.sequential({ layers: [make(data.length)] })`
  expect(hints(code)).toEqual([])
})

it('says that a layer has seen the whole input before', () => {
  const code = `tf.sequential({ layers: [5, 5, 3].map((kernelSize) => tf.layers.conv2d({ kernelSize, filters: 2, padding: 'same' })) })
    const input = tf.input({ shape: [4, 4, 1] })
    const first = tf.layers.conv2d({ filters: 2, kernelSize: 5, padding: 'same' }).apply(input)
    tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }).apply(first)`
  expect(hints(code).at(-1)?.fields).toContain(
    'What it takes has seen the whole input already: the layer is predicted to add little.',
  )
})

it.each([
  [flopsWords(0), '0 FLOPs'],
  [flopsWords(999), '999 FLOPs'],
  [flopsWords(2_106_752), '2.11 MFLOPs'],
  [bytesWords(512), '512 bytes'],
  [bytesWords(2_500_000), '2.5 MB'],
  [shapeWords([null, null, 3]), '[—, —, 3]'],
  [fieldWords({ min: [19, 19], max: [35, 35] }), '19 to 35'],
  [fieldWords({ min: [3, 3], max: [Infinity, Infinity] }), '3 to whole input'],
  [fieldWords({ min: [Infinity], max: [Infinity] }), 'whole input'],
])('%s', (words, expected) => expect(words).toBe(expected))
