/** Numbers that look random and are the same for the same seed (a linear congruential generator). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2654435761
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Code of layers that keep a map of at least 8×8 a map, by a random number. */
const ON_MAPS: ((n: number, pick: (below: number) => number) => string)[] = [
  (n, pick) =>
    `conv2d({ filters: ${1 + pick(6)}, kernelSize: ${1 + pick(3)}, strides: ${1 + pick(2)}, padding: 'same', name: 'layer${n}' })`,
  (n, pick) =>
    `conv2d({ filters: WIDTH, kernelSize: [3, ${1 + pick(3)}], dilationRate: ${1 + pick(2)}, name: 'layer${n}' })`,
  (n, pick) =>
    `separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: ${1 + pick(2)}, padding: 'same', name: 'layer${n}' })`,
  (n, pick) =>
    `depthwiseConv2d({ kernelSize: 3, depthMultiplier: ${1 + pick(2)}, useBias: false, padding: 'same', name: 'layer${n}' })`,
  (n, pick) =>
    `conv2dTranspose({ filters: 3, kernelSize: ${2 + pick(3)}, strides: 2, padding: '${pick(2) ? 'same' : 'valid'}', name: 'layer${n}' })`,
  (n, pick) => `maxPooling2d({ poolSize: ${1 + pick(2)}, strides: 1, name: 'layer${n}' })`,
  (n) => `averagePooling2d({ poolSize: [2, 1], padding: 'same', name: 'layer${n}' })`,
  (n) => `batchNormalization({ scale: false, name: 'layer${n}' })`,
  (n) => `upSampling2d({ size: [2, 1], name: 'layer${n}' })`,
  (n, pick) => `zeroPadding2d({ padding: [[1, ${pick(3)}], [0, 2]], name: 'layer${n}' })`,
  (n) => `cropping2D({ cropping: [[1, 0], [0, 1]], name: 'layer${n}' })`,
  (n) => `prelu({ sharedAxes: [1, 2], name: 'layer${n}' })`,
  (n) => `layerNormalization({ name: 'layer${n}' })`,
  (n) => `permute({ dims: [2, 1, 3], name: 'layer${n}' })`,
  (n) => `activation({ activation: 'relu', name: 'layer${n}' })`,
]

/** Code of layers on series of steps and features that give such a series again. */
const ON_SERIES: typeof ON_MAPS = [
  (n, pick) =>
    `conv1d({ filters: ${2 + pick(4)}, kernelSize: 3, padding: 'same', strides: ${1 + pick(2)}, name: 'layer${n}' })`,
  (n, pick) => `lstm({ units: ${1 + pick(4)}, returnSequences: true, name: 'layer${n}' })`,
  (n) => `gru({ units: 3, useBias: false, returnSequences: true, name: 'layer${n}' })`,
  (n) =>
    `bidirectional({ layer: tf.layers.simpleRNN({ units: 3, returnSequences: true }), mergeMode: 'concat', name: 'layer${n}' })`,
  (n) => `timeDistributed({ layer: tf.layers.dense({ units: WIDTH }), name: 'layer${n}' })`,
  (n) => `dense({ units: 5, useBias: false, name: 'layer${n}' })`,
  (n) =>
    `rnn({ cell: [tf.layers.lstmCell({ units: 2 }), tf.layers.gruCell({ units: 3 })], returnSequences: true, name: 'layer${n}' })`,
  (n) => `maxPooling1d({ poolSize: 2, strides: 1, name: 'layer${n}' })`,
]

/** Code that makes a model: sequential or functional, of maps or of series, in one of several styles. */
export function generatedModel(seed: number): string {
  const pick = randomFrom(seed)
  const onMaps = pick(3) > 0
  const [pool, shape] = onMaps ? [ON_MAPS, 'inputShape: [16, 18, 2]'] : [ON_SERIES, 'inputShape: [12, 3]']
  const layers = Array.from({ length: 3 + pick(4) }, (_, n) => `tf.layers.${pool[pick(pool.length)]!(n, pick)}`)
  const end = onMaps
    ? [`tf.layers.flatten({ name: 'layer90' })`]
    : [`tf.layers.globalAveragePooling1d({ name: 'layer90' })`]
  const head = `tf.layers.dense({ units: CLASSES, name: 'layer91' })`
  const start = `const WIDTH = 2 + ${pick(4)}, CLASSES = ['a', 'b', 'c'].length\n`
  const input = `tf.layers.inputLayer({ ${shape} })`
  switch (pick(4)) {
    case 0:
      return `${start}const model = tf.sequential({ layers: [${[input, ...layers, ...end, head].join(', ')}] })`
    case 1:
      return `${start}const model = tf.sequential()\n${[input, ...layers, ...end, head].map((layer) => `model.add(${layer})`).join('\n')}`
    case 2:
      return `${start}let x = tf.input({ ${shape.replace('inputShape', 'shape')} })\nconst input = x
for (const layer of [${[...layers, ...end].join(', ')}]) x = layer.apply(x)
const model = tf.model({ inputs: input, outputs: ${head}.apply(x) })`
    default:
      return `${start}function build(units = 4) {
  const input = tf.input({ ${shape.replace('inputShape', 'shape')} })
  const whole = [${layers.join(', ')}].reduce((x, layer) => layer.apply(x), input)
  const sides = [0, 1].map((side) => tf.layers.dense({ units: units * CLASSES, name: \`layer8\${side}\` }).apply(whole))
  const merged = tf.layers.concatenate({ name: 'layer85' }).apply([...sides, tf.layers.add({ name: 'layer86' }).apply(sides)])
  return tf.model({ inputs: [input], outputs: [${head}.apply(${end[0]!}.apply(merged))] })
}
const model = build()`
  }
}
