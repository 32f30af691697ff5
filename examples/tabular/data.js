import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-node'

/** Reads rows of 30 features and a label: 0 malignant, 1 benign. The file's first line is a heading. */
function readRows() {
  const text = readFileSync(new URL('./data/wdbc.csv', import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
}

// Every fifth row is a test row, so that both parts contain both classes.
function split(rows) {
  return { train: rows.filter((_, i) => i % 5 !== 0), test: rows.filter((_, i) => i % 5 === 0) }
}

function tensors(rows, mean, deviation) {
  const features = tf.tensor2d(rows.map((row) => row.slice(0, -1)))
  return { features: features.sub(mean).div(deviation), labels: tf.tensor2d(rows.map((row) => row.slice(-1))) }
}

/** Loads 455 rows to train on and 114 to test with, scaled by the mean and deviation of the training rows. */
export function loadTable() {
  const { train, test } = split(readRows())
  const { mean, variance } = tf.moments(tf.tensor2d(train.map((row) => row.slice(0, -1))), 0)
  return { train: tensors(train, mean, variance.sqrt()), test: tensors(test, mean, variance.sqrt()) }
}
