import { readTargets, splitLabels, type SplitLabels } from '../../probing/labels.ts'
import { chunksOf, type Chunk } from '../examples/passes/chunks.ts'
import { fixedBatchSize, type FittedModel } from '../examples/fittedModel.ts'
import { examplesOf, type HeldBatch } from '../examples/heldBatch.ts'
import { distinctExamples } from './distinctExamples.ts'

/** Examples held out of every so many, where the script gives none to hold out. */
const ONE_OF = 3
/** Held-out examples at most. */
const MAX_TESTING = 10_000
/** Fewest examples of a part that say anything. */
const MIN_EXAMPLES = 20

/** Examples for probes: those that train them and those that are held out. */
export interface ProbeData {
  readonly training: readonly Chunk[]
  readonly testing: readonly Chunk[]
  readonly labels: SplitLabels
  /** What has to be known of them, in sentences. */
  readonly notes: readonly string[]
}

/**
 * Splits what is held of a model's data into examples that train probes and examples that are held out of them.
 * @throws Error with a sentence for the user, where there are no labels, or too few examples.
 */
export function probeData(fitted: FittedModel): ProbeData {
  const { model, source } = fitted
  const fixed = fixedBatchSize(model)
  const labelled = (batches: readonly HeldBatch[]): Chunk[] =>
    chunksOf(distinctExamples(batches.filter(({ targets }) => targets.length > 0)), fixed, 1)
  const [trained, validated] = [labelled(fitted.training), source === 'inputs' ? [] : labelled(fitted.validation)]
  const notes: string[] = []
  let [training, testing] = [trained, validated]
  if (training.length === 0 && testing.length === 0) throw new Error(NO_LABELS)
  if (testing.length === 0) {
    notes.push(
      'The script gave no labelled validation data: a third of the held examples of the training is held out from the probes. The model itself was trained with them.',
    )
    ;[training, testing] = split(trained)
  } else if (training.length === 0) {
    notes.push(
      'No labels of the training are known: probes are trained on two thirds of the data that the model is evaluated on, and the rest is held out.',
    )
    ;[training, testing] = split(validated)
  } else if (fitted.isCut) notes.push(`Only the first ${count(testing)} validation examples are held.`)
  const held = count(testing)
  testing = first(testing, MAX_TESTING)
  if (count(testing) < held) notes.push(`Only ${count(testing)} of ${held} held-out examples are used.`)
  if (count(training) < MIN_EXAMPLES || count(testing) < MIN_EXAMPLES)
    throw new Error(
      `There are too few examples: ${count(training)} to train probes and ${count(testing)} to hold out, where ${MIN_EXAMPLES} of each are needed.`,
    )
  if (model.outputs.length > 1)
    notes.push('The model has several outputs: probes predict the targets of the first of them.')
  const { shape } = model.outputs[0]!
  const targets = [...training, ...testing].map((chunk) => chunk.targets[0]!)
  const sizes = new Set(targets.map((target) => JSON.stringify(target.shape.slice(1))))
  if (sizes.size > 1) throw new Error('The targets differ in size from batch to batch.')
  const all = { shape: targets[0]!.shape.slice(1), values: targets.map(({ values }) => values) }
  const read = readTargets(all, shape.at(-1) ?? 1, shape.length)
  return { training, testing, labels: splitLabels(read, count(training)), notes }
}

const NO_LABELS =
  'No labels are known: the script gives none to fit, fitDataset or evaluate, or trains in a loop of its own, where they are not seen.'

/** Number of examples of chunks. */
export function count(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, chunk) => sum + examplesOf(chunk), 0)
}

function split(chunks: readonly Chunk[]): [training: Chunk[], testing: Chunk[]] {
  return [chunks.filter((_, i) => i % ONE_OF !== 1), chunks.filter((_, i) => i % ONE_OF === 1)]
}

/** The first chunks with at most so many examples, at least one. */
function first(chunks: readonly Chunk[], most: number): Chunk[] {
  const taken: Chunk[] = []
  for (const chunk of chunks) {
    if (taken.length > 0 && count(taken) + count([chunk]) > most) break
    taken.push(chunk)
  }
  return taken
}
