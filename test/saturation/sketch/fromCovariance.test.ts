import { expect, it } from 'vitest'
import { Covariance } from '../../../src/saturation/covariance.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { Sketch } from '../../../src/saturation/sketch/sketch.ts'
import { sketchFromCovariance } from '../../../src/saturation/sketch/fromCovariance.ts'
import { runToCompletion } from '../../../src/saturation/linalg/runToCompletion.ts'

it.each([1, 3, 4, 130, 131])('equals the sketch of the same observations at width %d', (width) => {
  const covariance = new Covariance(width)
  const rows = gaussian(width * 50, 5).map((value) => 3 + value)
  covariance.addRows(rows)
  const sketch = runToCompletion(sketchFromCovariance(covariance))
  const known = new Sketch(width, sketch.directions, sketch.probes)
  known.addRows(rows)
  expect(sketch.count).toBe(50)
  expect(sketch.trace() / known.trace()).toBeCloseTo(1, 12)
  sketch.products.forEach((value, i) =>
    expect(Math.abs(value - known.products[i]!)).toBeLessThan(1e-9 * known.squares[0]!),
  )
})
