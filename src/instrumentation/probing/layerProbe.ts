import { choosePenalty, trainProbe, type Examples, type Probe } from '../../probing/linearProbe.ts'
import { withOffsets, type Labels } from '../../probing/losses.ts'
import { predictionOf, scoreOf, type Score } from '../../probing/score.ts'
import { scale, scalingOf } from '../../probing/standardise.ts'
import type { Engine } from '../tfjs/tfjs.ts'
import { TensorProducts } from './tensorProducts.ts'

/** Every so many examples of the training choose the penalty, and the others train the probe meanwhile. */
const ONE_OF = 5

/**
 * Probes one layer: features are standardised by the training's, the penalty is chosen on a fifth of the training, and
 * the probe is then trained on all of it.
 * @param training [examples × features] of the training; they are overwritten
 * @param testing [examples × features] of the held-out examples; they are overwritten
 */
export function probeLayer(
  engine: Engine,
  features: number,
  training: { rows: Float32Array; labels: Labels },
  testing: { rows: Float32Array; labels: Labels },
  isOver: () => boolean,
): { probe: Probe; score: Score } {
  const scaling = scalingOf(training.rows, features)
  scale(training.rows, scaling)
  scale(testing.rows, scaling)
  const isHeldOut = (example: number): boolean => example % ONE_OF === ONE_OF - 1
  const parts = [false, true].map((heldOut) => pick(training, features, (example) => isHeldOut(example) === heldOut))
  const { penalty, x } = onBackend(engine, features, parts, ([fitted, heldOut]) =>
    choosePenalty(fitted!, heldOut!, isOver),
  )
  return onBackend(engine, features, [training, testing], ([fitted, heldOut]) => {
    const probe = trainProbe(fitted!, penalty, x, isOver)
    const scores = withOffsets(heldOut!.products.scores(probe.weights, heldOut!.labels.columns), probe.offsets)
    return { probe, score: scoreOf(predictionOf(scores, heldOut!.labels), heldOut!.labels) }
  })
}

/** Some of the labels, by the number of the example. */
export function pickLabels(labels: Labels, kept: (example: number) => boolean): Labels {
  if (labels.kind === 'classes') return { ...labels, classes: labels.classes.filter((_, i) => kept(i)) }
  const { columns } = labels
  return { ...labels, values: labels.values.filter((_, i) => kept(Math.floor(i / columns))) }
}

function pick(
  { rows, labels }: { rows: Float32Array; labels: Labels },
  features: number,
  kept: (example: number) => boolean,
): { rows: Float32Array; labels: Labels } {
  const total = rows.length / features
  let count = 0
  for (let example = 0; example < total; example++) if (kept(example)) count++
  const picked = new Float32Array(count * features)
  let at = 0
  for (let example = 0; example < total; example++) {
    if (!kept(example)) continue
    picked.set(rows.subarray(example * features, (example + 1) * features), at)
    at += features
  }
  return { rows: picked, labels: pickLabels(labels, kept) }
}

function onBackend<T>(
  engine: Engine,
  features: number,
  parts: readonly { rows: Float32Array; labels: Labels }[],
  use: (examples: Examples[]) => T,
): T {
  const products: TensorProducts[] = []
  try {
    for (const { rows } of parts) products.push(new TensorProducts(engine, rows, features))
    return use(products.map((each, i) => ({ products: each, labels: parts[i]!.labels })))
  } finally {
    for (const each of products) each.dispose()
  }
}
