import * as v from 'valibot'

const count = v.pipe(v.number(), v.integer(), v.minValue(1))

/**
 * Rows of a window that can be embedded at most. The limit bounds the log, which keeps them for every layer and epoch.
 */
export const MAX_EMBEDDED_ROWS = 2000

/**
 * Options that define what is measured of a layer's output. The defaults are those of the paper's definition of
 * saturation (arXiv 2006.08679). The `attached` event carries the options, so that every view can say what its numbers
 * mean.
 */
export const MeasureOptions = v.object({
  /**
   * What an observation of a convolution is. `channelwise`: each position (width: channels). `mean`, `max`, `median`:
   * that statistic over the positions of an example (width: channels). `flatten`: all positions of an example (width:
   * positions × channels).
   */
  convolution: v.optional(v.picklist(['channelwise', 'mean', 'max', 'median', 'flatten']), 'channelwise'),
  /**
   * Maximum number of positions to keep along each spatial axis of a convolution, evenly spaced (nearest); null for
   * all.
   */
  downsample: v.optional(v.nullable(count), null),
  /**
   * What an observation of a recurrent layer that returns sequences is: each time step (`steps`), or only the `last`.
   */
  recurrent: v.optional(v.picklist(['steps', 'last']), 'steps'),
  /**
   * What a measurement covers: the `epoch` so far (as in the paper), the `run` so far, or, with `exponential`, all past
   * observations with weights that halve every `halfLife` observations.
   */
  window: v.optional(v.picklist(['epoch', 'run', 'exponential']), 'epoch'),
  /** Observations after which the weight of an observation has halved, with the window `exponential`. */
  halfLife: v.optional(count, 10_000),
  /** Observations after which a layer's window is full and ignores further ones; null for no limit. */
  maxObservations: v.optional(v.nullable(count), null),
  /** Names or kinds of the layers to measure; `*` matches any characters. Empty for all layers. */
  include: v.optional(v.array(v.string()), []),
  /** Names or kinds of the layers not to measure; `*` matches any characters. */
  exclude: v.optional(v.array(v.string()), []),
  /**
   * Width of the widest layer whose covariance matrix is kept, which takes 4 · width² bytes for each split and makes k
   * exact. For a wider layer a sketch is kept, and k is an estimate with bounds.
   */
  exactWidth: v.optional(count, 4096),
  /**
   * Whether to measure a layer's output before its fused activation (`activation: 'relu'`). For that, the layer is
   * called once more without the activation, which leaves the training unchanged and costs one forward pass of the
   * layer in each step that is measured.
   */
  preActivation: v.optional(v.boolean(), false),
  /**
   * Number of rows, spread evenly over each window, whose coordinates on the two leading eigenvectors are reported at
   * the end of the window; null for none. Costs the memory of these rows, and the computation of two eigenvectors. A
   * layer that is sketched (`exactWidth`) has no embedding.
   */
  embedding: v.optional(v.nullable(v.pipe(count, v.maxValue(MAX_EMBEDDED_ROWS))), null),
})
export type MeasureOptions = v.InferOutput<typeof MeasureOptions>

/** The options of someone who chose none. */
export const DEFAULT_OPTIONS: MeasureOptions = v.parse(MeasureOptions, {})

/** True when a layer of this name and kind is to be measured. */
export function selects({ include, exclude }: MeasureOptions, name: string, kind: string): boolean {
  const among = (patterns: string[]) =>
    patterns.some((pattern) => matchesPattern(pattern, name) || matchesPattern(pattern, kind))
  return (include.length === 0 || among(include)) && !among(exclude)
}

/** The patterns in `include` that match the name or kind of no layer. */
export function unmatched(
  { include }: Pick<MeasureOptions, 'include'>,
  layers: readonly { name: string; kind: string }[],
): string[] {
  return include.filter(
    (pattern) => !layers.some(({ name, kind }) => matchesPattern(pattern, name) || matchesPattern(pattern, kind)),
  )
}

/** Whether a text is as a pattern says, in which `*` matches any characters. @param flags of the regular expression */
export function matchesPattern(pattern: string, text: string, flags = 'i'): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, flags).test(text)
}
