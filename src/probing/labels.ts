import type { Labels } from './losses.ts'

/** Classes that a probe tells apart at most. */
export const MAX_CLASSES = 1000
/** Numbers that a probe predicts at most, where the targets are no classes. */
export const MAX_VALUES = 256

/** Targets of several batches, [examples, ...shape] row-major each. */
export interface Targets {
  /** Of one example. */
  readonly shape: readonly number[]
  readonly values: readonly ArrayLike<number>[]
}

/** What targets hold: classes numbered as in the program, or values. */
export type Read =
  | { readonly kind: 'classes'; readonly classes: Int32Array }
  | { readonly kind: 'values'; readonly columns: number; readonly values: Float32Array }

/**
 * Reads what the targets of a model hold: classes from one-hot vectors, whole numbers where the model has several
 * outputs, and 0/1 or −1/1 where it has one. Anything else is values to regress on.
 * @param outputs size of the last axis of the model's output
 * @param rank axes of the model's output, the batch included
 * @throws Error with a sentence for the user, where no probe can predict the targets.
 */
export function readTargets({ shape, values }: Targets, outputs: number, rank: number): Read {
  const width = shape.reduce((product, size) => product * size, 1)
  const examples = values.reduce((sum, batch) => sum + batch.length / width, 0)
  const all = new Float32Array(examples * width)
  let at = 0
  for (const batch of values) {
    all.set(batch, at)
    at += batch.length
  }
  if (all.some((value) => !Number.isFinite(value))) throw new Error('The targets hold NaN or infinity.')
  if (rank > 2 && outputs > 1 && (shape.length > 1 || width > 1))
    throw new Error('The targets are a label for each time step or position; a probe needs one for each example.')
  const found = width === 1 ? singleClasses(all, outputs) : hotClasses(all, width)
  if (found) return { kind: 'classes', classes: found }
  if (width > MAX_VALUES)
    throw new Error(`The targets are ${width} numbers for each example; a probe predicts at most ${MAX_VALUES}.`)
  return { kind: 'values', columns: width, values: all }
}

/** What the model itself predicts for the held-out examples: classes or values, as the labels have them. */
export type OwnPrediction = Int32Array | Float32Array

/** Labels of examples of the training and of the held-out ones, as a probe needs them. */
export interface SplitLabels {
  readonly training: Labels
  readonly testing: Labels
  /** Share of the most frequent class among the held-out examples; null for values. */
  readonly chance: number | null
  /** The class or values of a model's own outputs, in the numbers of these labels. */
  readonly own: (outputs: ArrayLike<number>, width: number) => OwnPrediction | null
}

/**
 * Splits what was read into the training's and the held-out examples.
 * @param training number of examples of the training, which come first
 * @throws Error with a sentence for the user, where there are too many classes or nothing to predict.
 */
export function splitLabels(read: Read, training: number): SplitLabels {
  if (read.kind === 'values') return splitValues(read.columns, read.values, training)
  const known = [...new Set(read.classes.subarray(0, training))].sort((a, b) => a - b)
  if (known.length < 2) throw new Error('All examples of the training have the same class.')
  if (known.length > MAX_CLASSES)
    throw new Error(`There are ${known.length} classes; a probe tells at most ${MAX_CLASSES} apart.`)
  if (training < 2 * known.length)
    throw new Error(`There are ${known.length} classes, but only ${training} examples of the training are held.`)
  const numbers = new Map(known.map((label, i) => [label, i]))
  const dense = read.classes.map((label) => numbers.get(label) ?? -1)
  const testing = dense.subarray(training)
  const counts = new Map<number, number>()
  for (const label of testing) counts.set(label, (counts.get(label) ?? 0) + 1)
  const labelled = (classes: Int32Array): Labels => ({ kind: 'classes', columns: known.length, classes })
  return {
    training: labelled(dense.subarray(0, training)),
    testing: labelled(testing),
    chance: Math.max(...counts.values()) / testing.length,
    own: (outputs, width) => largestOutputs(outputs, width).map((label) => numbers.get(label) ?? -2),
  }
}

/** The class of each output vector: the largest; of a single output whether it is above the middle of its range. */
function largestOutputs(outputs: ArrayLike<number>, width: number): Int32Array {
  const classes = new Int32Array(outputs.length / width)
  if (width === 1) {
    // A sigmoid gives shares, anything else scores about 0.
    let isShare = true
    for (let i = 0; i < outputs.length; i++) isShare &&= outputs[i]! >= 0 && outputs[i]! <= 1
    for (let i = 0; i < classes.length; i++) classes[i] = outputs[i]! > (isShare ? 0.5 : 0) ? 1 : 0
    return classes
  }
  for (let i = 0; i < classes.length; i++) {
    let best = 0
    for (let c = 1; c < width; c++) if (outputs[i * width + c]! > outputs[i * width + best]!) best = c
    classes[i] = best
  }
  return classes
}

/** Values with mean 0 and standard deviation 1 in the training, so that one penalty suits all. */
function splitValues(columns: number, values: Float32Array, training: number): SplitLabels {
  const mean = new Float64Array(columns)
  const spread = new Float64Array(columns)
  const end = training * columns
  for (let i = 0; i < end; i++) mean[i % columns]! += values[i]! / training
  for (let i = 0; i < end; i++) spread[i % columns]! += (values[i]! - mean[i % columns]!) ** 2 / training
  if (spread.every((variance) => variance === 0)) throw new Error('All examples of the training have the same target.')
  for (let c = 0; c < columns; c++) spread[c] = Math.sqrt(spread[c]!) || 1
  const scaledOf = (value: number, i: number): number => (value - mean[i % columns]!) / spread[i % columns]!
  const scaled = values.map(scaledOf)
  const labelled = (part: Float32Array): Labels => ({ kind: 'values', columns, values: part })
  const [fitted, testing] = [labelled(scaled.subarray(0, end)), labelled(scaled.subarray(end))]
  const own = (outputs: ArrayLike<number>, width: number): Float32Array | null =>
    width === columns ? Float32Array.from(outputs, scaledOf) : null
  return { training: fitted, testing, chance: null, own }
}

/** One number for each example. */
function singleClasses(all: Float32Array, outputs: number): Int32Array | null {
  const distinct = new Set(all)
  const among = (...allowed: number[]): boolean => [...distinct].every((value) => allowed.includes(value))
  if (outputs > 1) return all.every((value) => Number.isInteger(value) && value >= 0) ? Int32Array.from(all) : null
  if (among(0, 1)) return Int32Array.from(all)
  return among(-1, 1) ? Int32Array.from(all, (value) => (value > 0 ? 1 : 0)) : null
}

/** The largest of several numbers, where they are shares of classes: one-hot vectors, smoothed or not. */
function hotClasses(all: Float32Array, width: number): Int32Array | null {
  const classes = new Int32Array(all.length / width)
  for (let example = 0; example < classes.length; example++) {
    let [sum, best] = [0, 0]
    const begin = example * width
    for (let c = 0; c < width; c++) {
      const value = all[begin + c]!
      if (value < 0) return null
      sum += value
      if (value > all[begin + best]!) best = c
    }
    if (Math.abs(sum - 1) > 1e-3 || all[begin + best]! < 0.5) return null
    classes[example] = best
  }
  return classes
}
