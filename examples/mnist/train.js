import { loadMnist } from './data.js'
import { createModel } from './model.js'

const epochs = Number(process.argv[2] ?? 12)

const { train, test } = loadMnist()
const model = createModel()
model.summary()

await model.fit(train.images, train.labels, {
  epochs,
  batchSize: 64,
  validationData: [test.images, test.labels],
})

const [loss, accuracy] = model.evaluate(test.images, test.labels).map((scalar) => scalar.dataSync()[0])
console.log(`\nTest loss ${loss.toFixed(4)}, test accuracy ${(accuracy * 100).toFixed(2)} %`)
