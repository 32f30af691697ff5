import type { Heir, LearnedLayer } from './learned.ts'

/**
 * How much equal names, lines and shapes say that two layers without names of their own are the same. Shapes weigh more
 * than name and line together, so that layers are found where another one is inserted in front. They weigh so little more
 * that a program with other widths, whose names and lines all agree, is matched with itself.
 */
const SCORES = { kind: 1000, name: 2000, line: 2000, shapes: 4001 } as const
/** Pairs of layers that are compared at most. Beyond it, only names count. */
const MAX_COMPARED = 4_000_000

/**
 * Finds for each layer of a new run the layer of the earlier one that it was. A layer with a name that its program gave
 * it is found by name. Names that TensorFlow.js makes up (`dense_Dense2`) are counted, and shift where a layer is
 * inserted; lines shift as well. Such layers are aligned in the order of their construction, so that as many as possible
 * agree in name, line and shapes.
 * @param layers in the order of their construction, as the heirs are
 * @returns by index of the heir; missing for layers that are new.
 */
export function matchLayers(layers: readonly LearnedLayer[], heirs: readonly Heir[]): Map<number, LearnedLayer> {
  const pairs = new Map<number, LearnedLayer>()
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const isTooMany = layers.length * heirs.length > MAX_COMPARED
  const madeUp: number[] = []
  heirs.forEach((heir, index) => {
    if (!isTooMany && isMadeUp(heir)) return void madeUp.push(index)
    const layer = byName.get(heir.name)
    if (layer?.kind === heir.kind) pairs.set(index, layer)
  })
  const aligned = align(
    isTooMany ? [] : layers.filter(isMadeUp),
    madeUp.map((index) => heirs[index]!),
  )
  for (const [position, layer] of aligned) pairs.set(madeUp[position]!, layer)
  return pairs
}

/** Whether TensorFlow.js made the name up, from the class and a number. */
function isMadeUp({ name, kind }: { name: string; kind: string }): boolean {
  const end = name.lastIndexOf(`_${kind}`)
  return end > 0 && /^\d+$/.test(name.slice(end + kind.length + 1))
}

/**
 * The alignment of two sequences with the largest sum of scores (Needleman and Wunsch 1970; gaps cost nothing).
 * @returns pairs of an heir's position and its layer
 */
function align(layers: readonly LearnedLayer[], heirs: readonly Heir[]): [number, LearnedLayer][] {
  const columns = heirs.length + 1
  // The largest sum for the layers from i on and the heirs from j on.
  const best = new Float64Array((layers.length + 1) * columns)
  const at = (i: number, j: number): number => best[i * columns + j]!
  for (let i = layers.length - 1; i >= 0; i--) {
    for (let j = heirs.length - 1; j >= 0; j--) {
      const score = scoreOf(layers[i]!, heirs[j]!)
      const matched = score > 0 ? score + at(i + 1, j + 1) : 0
      best[i * columns + j] = Math.max(matched, at(i + 1, j), at(i, j + 1))
    }
  }
  const pairs: [number, LearnedLayer][] = []
  for (let i = 0, j = 0; i < layers.length && j < heirs.length;) {
    const score = scoreOf(layers[i]!, heirs[j]!)
    if (score > 0 && at(i, j) === score + at(i + 1, j + 1)) pairs.push([j++, layers[i++]!])
    else if (at(i, j) === at(i + 1, j)) i++
    else j++
  }
  return pairs
}

/** How much two layers agree; 0 where they cannot be the same. */
function scoreOf(layer: LearnedLayer, heir: Heir): number {
  if (layer.kind !== heir.kind || layer.weights.length !== heir.weights.length) return 0
  const isSameLine = layer.line !== null && layer.line === heir.line && layer.file === heir.file
  return (
    SCORES.kind +
    (layer.name === heir.name ? SCORES.name : 0) +
    (isSameLine ? SCORES.line : 0) +
    (hasShapesOf(layer, heir) ? SCORES.shapes : 0)
  )
}

function hasShapesOf({ weights }: LearnedLayer, heir: Heir): boolean {
  return weights.every(({ shape }, index) => {
    const other = heir.weights[index]!.shape
    return shape.length === other.length && shape.every((size, axis) => size === other[axis])
  })
}
