import type { Axis } from './axes.ts'

/** Networks of one study at most. */
export const MAX_NETWORKS = 10_000

/** How many networks all combinations of values are. */
export function gridSize(axes: readonly Axis[]): number {
  return axes.reduce((product, { texts }) => product * texts.length, 1)
}

/** All combinations of values, as overrides with commas between; the last axis changes first. */
export function grid(axes: readonly Axis[]): string[] {
  return Array.from({ length: gridSize(axes) }, (_, i) => combination(axes, i))
}

/**
 * Some combinations, each once, in random order. The same axes and seed give the same ones, so that a study goes on where
 * it was interrupted.
 * @param count how many; all where there are no more
 */
export function randomOf(axes: readonly Axis[], count: number, seed: number): string[] {
  const size = gridSize(axes)
  if (count >= size) return grid(axes)
  const random = mulberry32(seed)
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(Math.floor(random() * size))
  return [...chosen].map((i) => combination(axes, i))
}

/** The networks of a list: one a line, overrides with commas between. Empty lines and those behind # are left out. */
export function listed(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

function combination(axes: readonly Axis[], index: number): string {
  let rest = index
  const texts = [...axes].reverse().map(({ texts: values }) => {
    const value = values[rest % values.length]!
    rest = Math.floor(rest / values.length)
    return value
  })
  return texts.reverse().join(',')
}

/** A generator of numbers in [0, 1): mulberry32 (Tommy Ettinger, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
