/** Numbers in [0, 1) of a linear congruential generator, so that another program can make the same. */
export function lehmer(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16807) % 2147483647) / 2147483647
}

/** Examples with 5 features, of 3 classes and with one value, that are determined to the bit. */
export function referenceExamples() {
  const [examples, features, columns] = [120, 5, 3]
  const u = lehmer(12345)
  const rows = Array.from({ length: examples * features }, () => u() * 2 - 1)
  const truth = [1.5, -1, 0.5, 0.5, 1, -1.5, -1, 0.5, 1, 0.2, -0.4, 0.1, 0, 0, 0]
  const dot = (i: number, weight: (f: number) => number): number =>
    Array.from({ length: features }, (_, f) => rows[i * features + f]! * weight(f)).reduce((a, b) => a + b)
  const classes = Int32Array.from({ length: examples }, (_, i) => {
    const scores = Array.from({ length: columns }, (_, c) => dot(i, (f) => truth[f * columns + c]!))
    const noisy = scores.map((score) => score + u() * 1.5)
    return noisy.indexOf(Math.max(...noisy))
  })
  const slope = [1, -2, 0.5, 0, 3]
  const values = Float32Array.from({ length: examples }, (_, i) => dot(i, (f) => slope[f]!) + 0.7 + u() - 0.5)
  return { features, rows: Float32Array.from(rows), classes, values }
}

/**
 * What scikit-learn 1.x finds of these with a penalty λ of 0.01: LogisticRegression(C=1/(120 λ), tol=1e-10) and
 * Ridge(alpha=120 λ).
 */
export const SCIKIT_LEARN = {
  penalty: 0.01,
  loss: 0.48674797548866366,
  weights: [
    1.850879, -1.953716, 0.102837, 1.133953, 1.388507, -2.52246, -1.752915, 0.739811, 1.013104, -0.221866, -0.339569,
    0.561435, 0.019262, 0.016997, -0.036259,
  ],
  offsets: [-0.018428, -0.12168, 0.140108],
  accuracy: 104 / 120,
  ridge: { weights: [0.966752, -1.968853, 0.451259, -0.065065, 2.895633], offset: 0.736496 },
}
