/** A group whose width is open. */
export interface OpenGroup {
  readonly id: string
  readonly width: number
  /** Its widths are multiples of this; 1 where it is missing. */
  readonly multiple?: number
}

/** Widths of all open groups, by id. */
export type Widths = ReadonlyMap<string, number>

/** What a network of some widths costs. */
export interface Step<T> {
  readonly widths: Widths
  readonly cost: number
  /** Loss on the half of the examples that decides. */
  readonly loss: number
  readonly result: T
}

/** How networks of other widths are judged. */
export interface Judge<T> {
  /** What is to be saved: parameters, or floating-point operations. */
  cost(widths: Widths): number
  /** Evaluates the network of these widths. */
  evaluate(widths: Widths): { loss: number; result: T }
}

/** A width narrows by this share in each step. */
const STEP = 0.2
const MIN_WIDTH = 2
/** Networks that a path may begin with add at most this share of the wide network's loss. */
const HARMLESS = 0.01
/** Share of the variance that the first start of a path leaves out; each further start leaves out twice as much. */
const FIRST_LEFT_OUT = 0.001
const MAX_STARTS = 8

/**
 * Networks to begin a path with: all groups at one share of the variance. Their widths need no evaluation, and narrowing
 * the wide network to the first ones costs nothing, so a path from there has two fifths to nine tenths of the candidates
 * (measured: docs/advice.md).
 * @param widthOfShare the width of a group that explains a share of its variance
 */
export function* networksOfShares(
  groups: readonly OpenGroup[],
  widthOfShare: (group: string, share: number) => number,
): Generator<Widths> {
  for (let start = 0; start < MAX_STARTS; start++) {
    const share = 1 - FIRST_LEFT_OUT * 2 ** start
    yield new Map(
      groups.map(({ id, width }) => [id, Math.min(width, Math.max(MIN_WIDTH, widthOfShare(id, share)))] as const),
    )
  }
}

/** The next smaller width, a multiple of some number; null where there is none. */
export function narrower(width: number, multiple = 1): number | null {
  const next = Math.min(width - multiple, multiple * Math.round((width / multiple) * (1 - STEP)))
  return next < Math.max(MIN_WIDTH, multiple) ? null : next
}

/**
 * Narrows groups one after the other by a fifth, always the one whose narrowing adds least loss for each √cost that it
 * saves. The root keeps a group that costs much from being narrowed alone until it hurts.
 *
 * Each group's price is from when it was last tried. The cheapest is tried again in the present network, and taken if it
 * is still the cheapest (lazy greedy evaluation, Minoux 1978), so that most steps cost one or two evaluations in place of
 * one for each group.
 *
 * @param groups all groups that may be narrowed
 * @param starts narrower and narrower networks, of which the last one that adds next to no loss is where the path begins
 * @yields each network of the path, the wide one first. The caller ends the path by not asking for more.
 */
export function* narrowingPath<T>(
  groups: readonly OpenGroup[],
  judge: Judge<T>,
  starts: Iterable<Widths> = [],
): Generator<Step<T>> {
  let present = stepTo(new Map(groups.map(({ id, width }) => [id, width])), judge)
  yield present
  const harmless = present.loss + HARMLESS * Math.abs(present.loss)
  for (const widths of starts) {
    const start = stepTo(widths, judge)
    if (!(start.loss <= harmless)) break
    if (start.cost < present.cost) yield (present = start)
  }
  const prices = new Map<string, { price: number; triedAt: number }>(
    groups.map(({ id }) => [id, { price: -Infinity, triedAt: -1 }]),
  )
  const trials = new Map<string, Step<T>>()
  const multiples = new Map(groups.map(({ id, multiple = 1 }) => [id, multiple]))
  for (let step = 0; ;) {
    const [id, { price, triedAt }] = cheapest(prices)
    if (id === null) return
    if (triedAt === step && price < Infinity) {
      present = trials.get(id)!
      step++
      yield present
      continue
    }
    const width = narrower(present.widths.get(id)!, multiples.get(id))
    if (width === null) {
      prices.delete(id)
      continue
    }
    const trial = stepTo(new Map(present.widths).set(id, width), judge)
    trials.set(id, trial)
    prices.set(id, { price: priceOf(present, trial), triedAt: step })
    if (prices.get(id)!.price === Infinity) prices.delete(id)
  }
}

function stepTo<T>(widths: Widths, judge: Judge<T>): Step<T> {
  return { widths, cost: judge.cost(widths), ...judge.evaluate(widths) }
}

/** Loss added for each √cost saved; infinite where the loss is not a number. */
function priceOf<T>(from: Step<T>, to: Step<T>): number {
  const price = (to.loss - from.loss) / Math.sqrt(from.cost - to.cost)
  return Number.isNaN(price) ? Infinity : price
}

function cheapest(
  prices: ReadonlyMap<string, { price: number; triedAt: number }>,
): [string | null, { price: number; triedAt: number }] {
  let best: [string | null, { price: number; triedAt: number }] = [null, { price: Infinity, triedAt: -1 }]
  for (const [id, price] of prices) if (best[0] === null || price.price < best[1].price) best = [id, price]
  return best
}
