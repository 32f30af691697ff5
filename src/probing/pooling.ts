/** How a layer's output becomes one vector of features for each example. */
export interface Pooling {
  /** `whole`: as it is. `time`: the mean over time steps. `positions`: means over windows of the map. */
  readonly how: 'whole' | 'time' | 'positions'
  /** Windows along each axis of the map; empty unless `positions`. */
  readonly windows: readonly number[]
  readonly features: number
}

/** Windows along each axis of a map at most (the authors' adaptive average pooling to 4 × 4). */
export const MAX_WINDOWS = 4

/**
 * How an output is pooled: maps to at most 4 windows along each axis, fewer where there would be too many features.
 * @param shape of one example, without the batch: [channels], [steps, channels] or [...positions, channels]
 */
export function poolingOf(shape: readonly number[], maxFeatures: number): Pooling {
  const channels = shape.at(-1) ?? 1
  if (shape.length < 2) return { how: 'whole', windows: [], features: channels }
  if (shape.length === 2) return { how: 'time', windows: [], features: channels }
  for (let most = MAX_WINDOWS; ; most--) {
    const windows = shape.slice(0, -1).map((size) => Math.min(size, most))
    const features = windows.reduce((product, count) => product * count, channels)
    if (features <= maxFeatures || most === 1) return { how: 'positions', windows, features }
  }
}

/**
 * Pools outputs of a batch. A window i of n along an axis of size s has the positions from ⌊i s/n⌋ to ⌈(i+1) s/n⌉, as
 * in adaptive average pooling, so that windows overlap where s is no multiple of n.
 * @param values [examples, ...shape] row-major
 * @param mask [examples × steps] of a sequence: 0 where a step does not count; null where all do
 * @param target [examples × features]
 */
export function pool(
  values: ArrayLike<number>,
  shape: readonly number[],
  { how, windows, features }: Pooling,
  mask: ArrayLike<number> | null,
  target: Float32Array,
): void {
  const size = shape.reduce((product, length) => product * length, 1)
  const examples = values.length / size
  const channels = shape.at(-1) ?? 1
  for (let example = 0; example < examples; example++) {
    const [from, to] = [example * size, example * features]
    if (how === 'whole') for (let c = 0; c < channels; c++) target[to + c] = values[from + c]!
    else if (how === 'time') meanOverTime(values, from, shape[0]!, channels, mask, example, target, to)
    else poolPositions(values, from, shape, windows, target, to)
  }
}

function meanOverTime(
  values: ArrayLike<number>,
  from: number,
  steps: number,
  channels: number,
  mask: ArrayLike<number> | null,
  example: number,
  target: Float32Array,
  to: number,
): void {
  const counting = [...Array(steps).keys()].filter((step) => mask === null || mask[example * steps + step] !== 0)
  // Of a sequence that is masked throughout, the padding is all there is.
  const used = counting.length > 0 ? counting : [...Array(steps).keys()]
  for (let c = 0; c < channels; c++) {
    let sum = 0
    for (const step of used) sum += values[from + step * channels + c]!
    target[to + c] = sum / used.length
  }
}

function poolPositions(
  values: ArrayLike<number>,
  from: number,
  shape: readonly number[],
  windows: readonly number[],
  target: Float32Array,
  to: number,
): void {
  const channels = shape.at(-1)!
  const axes = windows.length
  const total = windows.reduce((product, count) => product * count, 1)
  const sums = new Float64Array(channels)
  for (let w = 0; w < total; w++) {
    const ranges: [number, number][] = []
    for (let axis = axes - 1, rest = w; axis >= 0; axis--) {
      const [n, s] = [windows[axis]!, shape[axis]!]
      const i = rest % n
      rest = Math.floor(rest / n)
      ranges[axis] = [Math.floor((i * s) / n), Math.ceil(((i + 1) * s) / n)]
    }
    sums.fill(0)
    let count = 0
    const visit = (axis: number, at: number): void => {
      if (axis === axes) {
        count++
        for (let c = 0; c < channels; c++) sums[c]! += values[from + at * channels + c]!
        return
      }
      const [begin, end] = ranges[axis]!
      for (let p = begin; p < end; p++) visit(axis + 1, at * shape[axis]! + p)
    }
    visit(0, 0)
    for (let c = 0; c < channels; c++) target[to + w * channels + c] = sums[c]! / count
  }
}
