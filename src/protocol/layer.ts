import * as v from 'valibot'
import { count, finite, label, text } from './primitives.ts'

/** A position in the user's source: absolute path, line and column counted from 1. */
const Site = v.object({ file: text, line: count, column: count })

/** Axes of positions at most: TensorFlow has no layer with more than 3. */
const MAX_AXES = 8
const sizes = v.pipe(v.array(v.pipe(count, v.minValue(1))), v.maxLength(MAX_AXES))

/**
 * How positions of an output arise from those of its inputs. `same`: each from the same position. `all`: each from every
 * position. Lists have one entry for each axis, and none where they do not matter.
 */
const Positions = v.union([
  v.picklist(['same', 'all']),
  v.object({
    kernel: sizes,
    /** Below 1 for a layer that enlarges its map. */
    strides: v.pipe(v.array(v.pipe(finite, v.gtValue(0))), v.maxLength(MAX_AXES)),
    dilation: sizes,
    /** As TensorFlow names it, or positions added to both ends together by axis; negative where they are cut off. */
    padding: v.union([
      v.picklist(['same', 'valid']),
      v.pipe(v.array(v.pipe(v.number(), v.safeInteger())), v.maxLength(MAX_AXES)),
    ]),
  }),
])

export const Layer = v.object({
  /** Unique within the run: the layer's name, with a suffix if several models have a layer of that name. */
  id: label,
  name: label,
  /** Class name as TensorFlow.js gives it, e.g. `Conv2D`. */
  kind: label,
  /** Where the user's code constructed the layer; null if the call stack had no frame of it (a loaded model). */
  site: v.nullable(Site),
  /** Number of features: units, filters, or channels of the output's last axis. Null while unknown. */
  width: v.nullable(count),
  /** The width that the source gives the layer, where an override has given it another; missing otherwise. */
  sourceWidth: v.optional(count),
  /** Name of the config property that sets the width; null when the width cannot be chosen. */
  widthProperty: v.nullable(v.picklist(['units', 'filters', 'outputDim'])),
  /** Output shape with null for the batch axis. */
  outputShape: v.nullable(v.array(v.nullable(count))),
  /** Number of weights. */
  parameters: count,
  /** Activation fused into the layer; null or `linear` means none. The output is measured after it by default. */
  activation: v.nullable(label),
  /** Ids of the layers whose output is an input of this one. Layers with coupled widths are found by them. */
  inbound: v.array(label),
  /** True for a layer whose output is an output of the model. Such a layer gets no advice. */
  isOutput: v.boolean(),
  /** Why the layer is not measured; null when it is. */
  notMeasured: v.nullable(label),
  /**
   * The layers that have to have one width, as the operations of a training step show. Missing for a layer that does
   * not choose its width, and where no step was traced.
   */
  group: v.optional(
    v.object({
      /** The same for all layers of the group: the id of one of them. */
      id: label,
      /** What gives the width: inputs or labels, a number in the program's code, or weights that no step trains. */
      given: v.nullable(v.picklist(['data', 'constant', 'weights'])),
      /**
       * A function of TensorFlow.js, or a class, that the features go to and that may need their number. `predict`: code
       * outside of training gets them. `shape`: code reads their number while it builds the model. Null when there is
       * none of these.
       */
      unknown: v.nullable(label),
      /** The width has to be `offset + multiple · n` for n = 1, 2, …: the multiple that is missing is 1, the offset 0. */
      multiple: v.optional(v.pipe(count, v.minValue(1))),
      offset: v.optional(count),
    }),
  ),
  /**
   * What limits the number of its independent features, where that is less than its width: they are sums over few inputs,
   * or the rows of a small table. Missing where nothing does.
   */
  limit: v.optional(
    v.object({
      /** Number of inputs, classes, or entries of the vocabulary. */
      count,
      by: v.picklist(['inputs', 'classes', 'vocabulary', 'layer']),
      /** Id of the layer whose width it is; null unless `by` is `layer`. */
      layer: v.nullable(label),
    }),
  ),
  /**
   * Id of the activation layer behind which it is measured, because it applies none itself and nothing else takes its
   * output. Missing where its own output is measured.
   */
  measuredBehind: v.optional(label),
  /**
   * True where the loss takes its features, and other layers do as well, as with the mean of a latent space. Missing for
   * others.
   */
  reachesLoss: v.optional(v.boolean()),
  /** What its positions are to those of its inputs; missing where that is not known. */
  positions: v.optional(Positions),
  /** Positions by axis of its model's input, where it takes that as data. Receptive fields begin there. */
  input: v.optional(v.pipe(sizes, v.minLength(1))),
})

export type Site = v.InferOutput<typeof Site>
export type Layer = v.InferOutput<typeof Layer>
