/** Points of the logarithmic grid that is searched first. */
const GRID_POINTS = 20
/** Golden sections after the grid search, which narrow the interval to a ten-thousandth of the grid's step. */
const GOLDEN_SECTIONS = 22
/** Inverse of the golden ratio. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * Minimum of a function of a positive number: the best point of a logarithmic grid, refined by golden-section search
 * between that point's neighbours.
 * @returns the argument `at` and the function's value there.
 */
export function minimise(f: (x: number) => number, from: number, to: number): { at: number; value: number } {
  const step = Math.log(to / from) / (GRID_POINTS - 1)
  const at = (place: number): number => from * Math.exp(place * step)
  const grid = Array.from({ length: GRID_POINTS }, (_, i) => f(at(i)))
  const best = grid.reduce((least, value, i) => (value < grid[least]! ? i : least), 0)
  let [low, high] = [Math.max(0, best - 1), Math.min(GRID_POINTS - 1, best + 1)]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [atLeft, atRight] = [f(at(left)), f(at(right))]
  for (let n = 0; n < GOLDEN_SECTIONS; n++) {
    if (atLeft < atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - GOLDEN * (high - low)
      atLeft = f(at(left))
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + GOLDEN * (high - low)
      atRight = f(at(right))
    }
  }
  const places = [
    { place: best, value: grid[best]! },
    { place: left, value: atLeft },
    { place: right, value: atRight },
  ]
  const { place, value } = places.reduce((a, b) => (b.value < a.value ? b : a))
  return { at: at(place), value }
}
