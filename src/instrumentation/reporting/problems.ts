import { clip } from '../../protocol/clip.ts'
import type { EventBody } from '../../protocol/events.ts'
import type { Layer } from '../../protocol/layer.ts'
import { MAX_SKETCHED_WIDTH } from '../../saturation/sketch/sketch.ts'

/** A problem of a training that can be measured in part only, or not at all: what is wrong, where, and what to do. */
export type Problem = Extract<EventBody, { type: 'problem' }>

/** A layer is too wide even for a sketch: one of bearable size would have too few directions. */
export function tooWide(layer: string, width: number): Problem {
  return {
    type: 'problem',
    layer,
    message: `${layer} has ${width} features; a sketch of more than ${MAX_SKETCHED_WIDTH} would have too few directions in 128 MB.`,
    advice: 'It is not measured. Of a convolution, pool or downsample the positions instead of flattening them.',
  }
}

/** A layer's output held NaN or infinity. @param step from 1 */
export function notFinite(layer: string, step: number): Problem {
  return {
    type: 'problem',
    layer,
    message: `The output of ${layer} held NaN or infinity in step ${step}.`,
    advice:
      'Such batches are left out of its saturation. Lower the learning rate, or look for a division by zero or a log of zero upstream.',
  }
}

/** A training step ran no layer, because the model consists of plain variables and ops. @param step from 1 */
export function noLayer(step: number): Problem {
  return {
    type: 'problem',
    layer: null,
    message: `Training step ${step} ran no layer: what it trains are plain variables (tf.variable) and ops.`,
    advice:
      'Saturation is measured at the outputs of layers. Build the model from tf.layers, or put the ops into a class that extends tf.layers.Layer and call its apply.',
  }
}

/** There was no time to look at all layers. Null where there was. */
export function passedOver({ count, names }: { count: number; names: readonly string[] }): Problem | null {
  if (count === 0) return null
  const more = count > names.length ? ` and ${count - names.length} more` : ''
  return {
    type: 'problem',
    layer: null,
    message: clip(`There was no time to look at ${names.join(', ')}${more}: the budget was spent on earlier layers.`),
    advice: 'A larger budget (--budget, saturation.budget) looks at more of them; --rows all at every one.',
  }
}

/** Most layers that a problem names: a big model has hundreds. */
const MAX_LAYERS_NAMED = 30

/** Patterns of `include` match no layer. @param layers some that there are */
export function noMatch(patterns: readonly string[], layers: readonly { name: string; kind: string }[]): Problem {
  const more = layers.length > MAX_LAYERS_NAMED ? ` and ${layers.length - MAX_LAYERS_NAMED} more` : ''
  const names = layers.slice(0, MAX_LAYERS_NAMED).map(({ name, kind }) => `${name} (${kind})`)
  return {
    type: 'problem',
    layer: null,
    message: clip(`No layer matches ${patterns.join(', ')}.`),
    advice: clip(`Give whole names or kinds, with * for any letters. The layers so far: ${names.join(', ')}${more}.`),
  }
}

/** Measured layers have no known line in the code. Null where each has one. */
export function unknownLines(layers: readonly Layer[]): Problem | null {
  const lost = layers.filter(({ site, notMeasured }) => site === null && notMeasured === null)
  if (lost.length === 0) return null
  const message = `No line of yours is known for ${lost.map(({ id }) => id).join(', ')}: they were built in code that is in no file (node -e, standard input) or in a bundle without a source map.`
  return {
    type: 'problem',
    layer: null,
    message: clip(message),
    advice:
      'Put the code into a file; build a bundle with a source map (esbuild --sourcemap, webpack devtool: "source-map"), or leave TensorFlow.js out of it.',
  }
}
