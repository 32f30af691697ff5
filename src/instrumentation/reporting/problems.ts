import { clip } from '../../protocol/clip.ts'
import type { EventBody, Layer } from '../../protocol/events.ts'
import { unmatched, type MeasureOptions } from '../../protocol/measureOptions.ts'
import { WIDEST_SKETCHED } from '../../saturation/sketch/sketch.ts'

/** What a person is told of a training that can be measured in part, or not at all: what is wrong, where, and what to do. */
export type Problem = Extract<EventBody, { type: 'problem' }>

/** A layer is wider than any sketch of bearable memory can judge. */
export function tooWide(layer: string, width: number): Problem {
  return {
    type: 'problem',
    layer,
    message: `${layer} has ${width} features; a sketch of more than ${WIDEST_SKETCHED} would have too few directions in 128 MB.`,
    advice: 'It is not measured. Of a convolution, pool or downsample the positions instead of flattening them.',
  }
}

/** @param step from 1 */
export function notFinite(layer: string, step: number): Problem {
  return {
    type: 'problem',
    layer,
    message: `The output of ${layer} held NaN or infinity in step ${step}.`,
    advice:
      'Such batches are left out of its saturation. Lower the learning rate, or look for a division by zero or a log of zero upstream.',
  }
}

/** Models of plain variables and ops have no layers. @param step from 1 */
export function noLayer(step: number): Problem {
  return {
    type: 'problem',
    layer: null,
    message: `Training step ${step} ran no layer: what it trains are plain variables (tf.variable) and ops.`,
    advice:
      'Saturation is measured at the outputs of layers. Build the model from tf.layers, or put the ops into a class that extends tf.layers.Layer and call its apply.',
  }
}

/** Layers named in a problem at most: a big model has hundreds. */
const NAMED = 30

/** Null where each pattern of `include` matches a layer of the model. */
export function noMatch(options: MeasureOptions, layers: readonly Layer[]): Problem | null {
  const patterns = unmatched(options, layers)
  if (patterns.length === 0) return null
  const more = layers.length > NAMED ? ` and ${layers.length - NAMED} more` : ''
  const names = layers.slice(0, NAMED).map(({ name, kind }) => `${name} (${kind})`)
  return {
    type: 'problem',
    layer: null,
    message: clip(`No layer matches ${patterns.join(', ')}.`),
    advice: clip(`Give whole names or kinds, with * for any letters. The layers so far: ${names.join(', ')}${more}.`),
  }
}

/** Null where every measured layer has its line. */
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
