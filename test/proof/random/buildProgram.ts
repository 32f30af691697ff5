import * as tf from '@tensorflow/tfjs'
import { buildLayer } from './buildLayer.ts'
import type { Description, Loss, Shape, Widths } from './description.ts'
import { PLAIN_CODE } from './plainCode.ts'

type Value = tf.Tensor | tf.SymbolicTensor
type Values = Map<string, Value>

/**
 * Builds the program of a description with these widths, and takes training steps.
 * @throws what TensorFlow.js throws where the widths do not fit.
 */
export async function trainSteps(steps: number, description: Description, widths: Widths): Promise<void> {
  tf.engine().startScope()
  try {
    if (description.way === 'loop') loop(steps, description, widths)
    else await model(steps, description, widths)
  } finally {
    tf.engine().endScope()
    tf.disposeVariables()
  }
}

/** Numbers for an input. */
function data({ batch }: Description, shape: Shape, vocabulary: number | null): tf.Tensor {
  const full = [batch, ...shape]
  return vocabulary === null ? tf.randomUniform(full) : tf.randomUniform(full, 0, vocabulary, 'int32')
}

/** Returns a function that runs the forward pass, always with the same layers. */
function forwardPass({ nodes, way, batch }: Description, widths: Widths): (values: Values) => void {
  const made = new Map<string, tf.layers.Layer>()
  return (values) => {
    for (const node of nodes) {
      const { id, kind, options } = node
      const inputs = node.from.map((name) => values.get(name)!)
      if (kind === 'code' && way === 'loop') {
        values.set(id, PLAIN_CODE[options['op'] as string]!(inputs as tf.Tensor[], options))
        continue
      }
      const owner = kind === 'again' ? (options['layer'] as string) : id
      const layer = made.get(owner) ?? buildLayer(node, widths, batch)
      made.set(owner, layer)
      const [x, ...states] = inputs
      // A recurrent layer takes its first states beside its input; others take all inputs alike.
      const output =
        kind === 'recurrent' && states.length > 0
          ? layer.apply(x as tf.Tensor, { initialState: states as tf.Tensor[] })
          : layer.apply((inputs.length === 1 ? x : inputs) as tf.Tensor)
      const outputs = [output].flat() as Value[]
      outputs.forEach((value, i) => values.set(i === 0 ? id : `${id}:${i}`, value))
    }
  }
}

/** Layers that are called by hand, in `minimize`. */
function loop(steps: number, description: Description, widths: Widths): void {
  const forward = forwardPass(description, widths)
  const inputs = description.inputs.map(
    ({ id, shape, vocabulary }) => [id, data(description, shape, vocabulary)] as const,
  )
  const run = () => {
    const values: Values = new Map(inputs)
    forward(values)
    return values as Map<string, tf.Tensor>
  }
  const labels = description.losses.map(({ kind, size }) => labelsFor(kind, size, description.batch))
  const loss = () => {
    const values = run()
    const parts = description.losses.map((part, i) =>
      lossOf(
        part,
        part.from.map((name) => values.get(name)!),
        labels[i]!,
      ),
    )
    return tf.addN<tf.Scalar>(parts)
  }
  // Layers make their weights in their first call, which is not to be part of a step.
  tf.tidy(() => void run())
  const optimizer = tf.train.sgd(0.01)
  for (let step = 0; step < steps; step++) optimizer.minimize(loss)
}

const LOSS_NAMES: Readonly<Record<string, string>> = {
  labels: 'meanSquaredError',
  classes: 'categoricalCrossentropy',
  numbers: 'sparseCategoricalCrossentropy',
}

/** A compiled model, with `trainOnBatch`. */
async function model(steps: number, description: Description, widths: Widths): Promise<void> {
  const built = buildModel(description, widths)
  const { xs, ys } = dataFor(description)
  for (let step = 0; step < steps; step++) await built.trainOnBatch(xs, ys)
}

/**
 * Builds the compiled model of a description of the way `model`.
 * @throws what TensorFlow.js throws where the widths do not fit.
 */
export function buildModel(description: Description, widths: Widths): tf.LayersModel {
  const inputs = description.inputs.map(({ id, shape, vocabulary }) =>
    tf.input({ name: id, shape: [...shape], dtype: vocabulary === null ? 'float32' : 'int32' }),
  )
  const values: Values = new Map(description.inputs.map(({ id }, i) => [id, inputs[i]!]))
  forwardPass(description, widths)(values)
  const outputs = description.losses.map(({ from }) => values.get(from[0]!) as tf.SymbolicTensor)
  const built = tf.model({ inputs, outputs })
  built.compile({ optimizer: 'sgd', loss: description.losses.map(({ kind }) => LOSS_NAMES[kind]!) })
  return built
}

/** One batch of inputs and labels for a description's model. */
export function dataFor(description: Description): { xs: tf.Tensor[]; ys: tf.Tensor[] } {
  return {
    xs: description.inputs.map(({ shape, vocabulary }) => data(description, shape, vocabulary)),
    ys: description.losses.map(({ kind, size }) => labelsFor(kind, size, description.batch)),
  }
}

/** Labels with the number of classes that the data has, whatever the widths. */
function labelsFor(kind: string, size: number, batch: number): tf.Tensor {
  const classes = tf.range(0, batch, 1, 'int32').mod(tf.scalar(size, 'int32'))
  if (kind === 'classes') return tf.oneHot(classes, size).toFloat()
  // TensorFlow.js gathers the classes of this loss from floats.
  if (kind === 'numbers') return classes.expandDims(1).toFloat()
  if (kind === 'policy') return classes
  return tf.randomUniform([batch, size])
}

function lossOf({ kind, size }: Loss, [x, y]: readonly tf.Tensor[], labels: tf.Tensor): tf.Scalar {
  const mean = (z: tf.Tensor) => z.mean<tf.Scalar>()
  const losses: Readonly<Record<string, () => tf.Scalar>> = {
    labels: () => mean(x!.sub(labels).square()),
    classes: () => tf.losses.softmaxCrossEntropy(labels, x!),
    policy: () => mean(tf.oneHot(labels, size).mul(tf.logSoftmax(x!)).sum(-1).neg()),
    squares: () => mean(x!.square()),
    distance: () => mean(x!.sub(y!).square()),
    contrast: () => {
      const similarity = tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, false, true)
      return tf.losses.softmaxCrossEntropy(tf.eye(similarity.shape[0]), similarity)
    },
  }
  return losses[kind]!()
}
