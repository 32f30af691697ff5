import * as v from 'valibot'

const count = v.pipe(v.number(), v.integer(), v.minValue(1))

/** Rows of a window that are embedded at most: a log keeps them for every layer and epoch. */
export const MOST_EMBEDDED = 2000

/**
 * What of a layer's output is measured. Every option has the definition's default; the `attached` event carries the
 * options in force, so that every view can say what its numbers are numbers of.
 */
export const MeasureOptions = v.object({
  /**
   * An observation of a convolution: `channelwise` each position (width: channels), `mean`, `max` or `median` over the
   * positions of an example (width: channels), `flatten` all positions of an example (width: positions × channels).
   */
  convolution: v.optional(v.picklist(['channelwise', 'mean', 'max', 'median', 'flatten']), 'channelwise'),
  /** Positions kept along each spatial axis of a convolution at most, evenly spaced (nearest); null for all. */
  downsample: v.optional(v.nullable(count), null),
  /** Of a recurrent layer that returns sequences: each time `step` is an observation, or only the `last` is. */
  recurrent: v.optional(v.picklist(['steps', 'last']), 'steps'),
  /**
   * What a number covers: the `epoch` so far (the paper), the `run` so far, or `exponential`: the past with weights
   * that halve every `halfLife` observations.
   */
  window: v.optional(v.picklist(['epoch', 'run', 'exponential']), 'epoch'),
  halfLife: v.optional(count, 10_000),
  /** Observations after which a layer's window is full and takes no more; null for no limit. */
  maxObservations: v.optional(v.nullable(count), null),
  /** Names or kinds of the layers to measure, `*` standing for any letters; empty for all. */
  include: v.optional(v.array(v.string()), []),
  /** Names or kinds of layers to leave out. */
  exclude: v.optional(v.array(v.string()), []),
  /**
   * Widest layer whose covariance is kept, in 4 · width² bytes for each split, and k exact; of wider ones a sketch is kept,
   * and k is an estimate with bounds.
   */
  exactWidth: v.optional(count, 4096),
  /**
   * Whether to measure before an activation that the layer fuses (`activation: 'relu'`). Costs the layer's forward pass
   * once more in each step that is measured: the layer is called again without it, so that the training stays as it is.
   */
  preActivation: v.optional(v.boolean(), false),
  /**
   * Rows of each window, spread evenly over it, whose coordinates on the two leading eigenvectors are reported at its end;
   * null for none. Costs as many numbers as the rows have, and two eigenvectors. Layers that are sketched (`exactWidth`)
   * have none.
   */
  embedding: v.optional(v.nullable(v.pipe(count, v.maxValue(MOST_EMBEDDED))), null),
})
export type MeasureOptions = v.InferOutput<typeof MeasureOptions>

/** The options where nothing was chosen. */
export const DEFAULT_OPTIONS: MeasureOptions = v.parse(MeasureOptions, {})

/** The options that say what the numbers are numbers of, in words, where they were chosen, such as `convolution: mean`; empty where all are the defaults. */
export function chosenOptions(options: MeasureOptions): string[] {
  return Object.entries(options)
    .filter(([name, value]) => {
      if (name === 'embedding') return false
      if (name === 'halfLife' && options.window !== 'exponential') return false
      return JSON.stringify(value) !== JSON.stringify(DEFAULT_OPTIONS[name as keyof MeasureOptions])
    })
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
}

/** Whether a layer of this name and kind is to be measured. */
export function selects({ include, exclude }: MeasureOptions, name: string, kind: string): boolean {
  const among = (patterns: string[]) => patterns.some((pattern) => matches(pattern, name) || matches(pattern, kind))
  return (include.length === 0 || among(include)) && !among(exclude)
}

/** Those of the patterns of layers to measure that none of the layers matches by its name or kind. */
export function unmatched({ include }: MeasureOptions, layers: readonly { name: string; kind: string }[]): string[] {
  return include.filter((pattern) => !layers.some(({ name, kind }) => matches(pattern, name) || matches(pattern, kind)))
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(text)
}
