import * as tf from '@tensorflow/tfjs-node'
import { expect, it } from 'vitest'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { NativeSummer } from '../../../src/instrumentation/sampling/nativeBatchSums.ts'
import type { Backend, Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'

const ROWS = 24
const SHIFT = 0.25

// From 1,024 features on, the upper triangle is made in four strips. With 1,030, they are of different sizes.
it.each([6, 1023, 1024, 1030])('the native sums of %d features are those in float64', (width) => {
  const rows = Float32Array.from(gaussian(ROWS * width, 1))
  const output = tf.tensor2d(rows, [ROWS, width])
  const summer = new NativeSummer(tf.backend() as unknown as Required<Backend>)
  const sample = { rows: ROWS, width, stride: 1, offset: 0 }
  const { count, sum, gram } = summer.sums(output as unknown as Tensor, sample, new Float32Array(width).fill(SHIFT))
  output.dispose()
  expect(count).toBe(ROWS)

  let worst = 0
  for (let i = 0; i < width; i++) {
    const products = new Float64Array(width)
    let total = 0
    for (let r = 0; r < ROWS; r++) {
      const x = rows[r * width + i]! - SHIFT
      total += x
      for (let j = i; j < width; j++) products[j]! += x * (rows[r * width + j]! - SHIFT)
    }
    worst = Math.max(worst, Math.abs(sum[i]! - total))
    for (let j = i; j < width; j++) worst = Math.max(worst, Math.abs(gram[i * width + j]! - products[j]!))
  }
  expect(worst).toBeLessThan(1e-4)
})
