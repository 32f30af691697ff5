const LOOKS = 20
const NARROWINGS = 22
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * Where a function of a positive number is least: the best of a logarithmic grid, then golden sections between its
 * neighbours, to a ten-thousandth of the grid's step.
 */
export function leastOf(f: (x: number) => number, from: number, to: number): { at: number; value: number } {
  const step = Math.log(to / from) / (LOOKS - 1)
  const at = (place: number): number => from * Math.exp(place * step)
  const grid = Array.from({ length: LOOKS }, (_, i) => f(at(i)))
  const best = grid.reduce((least, value, i) => (value < grid[least]! ? i : least), 0)
  let [low, high] = [Math.max(0, best - 1), Math.min(LOOKS - 1, best + 1)]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [atLeft, atRight] = [f(at(left)), f(at(right))]
  for (let n = 0; n < NARROWINGS; n++) {
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
