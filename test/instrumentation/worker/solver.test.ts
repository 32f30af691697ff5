import { expect, it } from 'vitest'
import type { EventBody } from '../../../src/protocol/events.ts'
import type { Measurement } from '../../../src/protocol/measurement.ts'
import { Covariance } from '../../../src/saturation/covariance.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import type { MeasureRequest } from '../../../src/instrumentation/reporting/workerMessages.ts'
import { ShutdownDeadline } from '../../../src/instrumentation/worker/shutdownDeadline.ts'
import { Solver } from '../../../src/instrumentation/worker/solver.ts'

const WIDE = 1100

function request(layer: string, width: number, endOfEpoch = false, step = 1): MeasureRequest {
  const covariance = new Covariance(width)
  covariance.addRows(gaussian(width * 40, 1))
  const { count, mean, products, rounding } = covariance
  // From 40 observations alone the eigenvalues would be found at once. With noise in every direction it takes time.
  for (let i = 0, at = 0; i < width; at += width - i++) products[at]! += count
  const window = { step, epoch: 0, endOfEpoch, wholeSpectrum: true, seen: count, rejected: 0 }
  return {
    type: 'measure',
    layer,
    split: 'train',
    firstStep: 1,
    epochs: 1,
    ...window,
    count,
    effective: count,
    width,
    mean,
    products,
    rounding,
    sample: null,
    squares: null,
  }
}

/** A solver, the layers of its events so far, and the widths that `onDone` was called with. */
function solver(share: number): { solver: Solver; layers: string[][]; done: number[] } {
  const layers: string[][] = []
  const done: number[] = []
  const emit = (event: EventBody) => {
    if (event.type === 'saturation') layers.push(event.layers.map(({ layer }) => layer))
  }
  const made = new Solver(0.99, share, emit)
  made.onDone = (width) => done.push(width)
  return { solver: made, layers, done }
}

it('solves narrow layers while a wide one is being solved, and during the rest after it', async () => {
  const { solver: solving, layers, done } = solver(0.5)
  solving.add(request('wide', WIDE))
  for (let i = 0; i < 5; i++) solving.add(request(`narrow ${i}`, 8))
  await expect.poll(() => layers.flat().includes('wide'), { timeout: 120_000 }).toBe(true)
  solving.add(request('wide again', WIDE))
  for (let i = 5; i < 10; i++) solving.add(request(`narrow ${i}`, 8))
  await expect.poll(() => layers.flat().includes('wide again'), { timeout: 120_000 }).toBe(true)
  const order = layers.flat()
  // Only three of the five: a fast machine solves the wide layer while the narrow lane rests.
  for (let i = 0; i < 3; i++) expect(order.indexOf(`narrow ${i}`)).toBeLessThan(order.indexOf('wide'))
  for (let i = 5; i < 8; i++) expect(order.indexOf(`narrow ${i}`)).toBeLessThan(order.indexOf('wide again'))
  await expect.poll(() => done.filter((width) => width === 8).length, { timeout: 120_000 }).toBe(10)
})

it('reports every window that ended before the end, narrow layers first', async () => {
  const { solver: solving, layers } = solver(0.001)
  solving.add(request('wide', WIDE, true))
  for (const step of [1, 2]) for (const layer of ['a', 'b']) solving.add(request(layer, 8, true, step))
  solving.add(request('open', 8))
  await solving.finish(new ShutdownDeadline(performance.now(), true))
  expect(layers.flat()).toEqual(['a', 'b', 'a', 'b', 'wide'])
})

it('keeps only the newest window of a layer once too many wait', async () => {
  const { solver: solving, layers } = solver(0.001)
  for (let step = 1; step <= 6; step++) for (const layer of ['a', 'b']) solving.add(request(layer, WIDE, true, step))
  await solving.finish(new ShutdownDeadline(performance.now(), true))
  expect(layers.flat()).toHaveLength(Math.floor(2 ** 21 / ((WIDE * (WIDE + 1)) / 2)))
})

it('solves no open window of a layer after a later one that has ended', async () => {
  const measured: [string, number][] = []
  const solving = new Solver(0.99, 0.5, (event) => {
    if (event.type === 'saturation') for (const { layer, steps } of event.layers) measured.push([layer, steps!.last])
  })
  let done = 0
  solving.onDone = () => done++
  solving.add(request('a', 8))
  solving.add(request('b', 8))
  solving.add(request('a', 8, true, 2))
  await expect.poll(() => done).toBe(2)
  expect(measured).toEqual([
    ['a', 2],
    ['b', 1],
  ])
})

/** Finishes a solver `late` ms after the end of the script's work. @returns its measurements and problems */
async function finishLate(
  requests: MeasureRequest[],
  late: number,
): Promise<{ measured: Measurement[]; problems: string[] }> {
  const measured: Measurement[] = []
  const problems: string[] = []
  const solving = new Solver(0.99, 0.001, (event) => {
    if (event.type === 'saturation') measured.push(...event.layers)
    if (event.type === 'problem') problems.push(event.message)
  })
  for (const one of requests) solving.add(one)
  await solving.finish(new ShutdownDeadline(performance.now() - late, false))
  return { measured, problems }
}

it('sketches wide layers when there is no time for all their eigenvalues', async () => {
  const { measured, problems } = await finishLate([request('wide', WIDE, true), request('narrow', 8, true)], 3000)
  expect(problems).toEqual([])
  // 40 examples span 39 dimensions, and the sketch holds all of them.
  expect(measured).toMatchObject([{ layer: 'narrow' }, { layer: 'wide', k: 39, bounds: { low: 39, high: 39 } }])
  expect(measured[0]).not.toHaveProperty('bounds')
})

it('names the layers that were not solved for lack of time', async () => {
  const { measured, problems } = await finishLate([request('wide', WIDE, true), request('narrow', 8, true)], 6000)
  expect(measured).toEqual([])
  expect(problems).toEqual([expect.stringContaining('narrow, wide')])
})
