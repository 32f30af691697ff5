import { diffArrays } from 'diff'
import type { Change } from './trackedText.ts'

interface Line {
  /** The line with its line end. */
  raw: string
  /** The line without its line end. Keys are compared, so that other line ends make no difference. */
  key: string
}

/** Indices of a line in the text before and of the same line in the text after. */
type Pair = readonly [number, number]

/** Lines that differ at most; beyond that, everything between the equal lines at both ends counts as replaced. */
const MAX_DIFFERENT_LINES = 1500
/** Comparisons of lines at most: Myers' algorithm takes as many as there are lines, times those that differ. */
const MAX_COMPARISONS = 20_000_000

/**
 * The changes that turn one text into another, by lines (Myers' algorithm, within limits). Used when no edits were reported: an unsaved buffer is compared with its file, or a file was reloaded as a
 * whole.
 * @returns changes in order, not overlapping, in UTF-16 offsets of `before`; none for equal texts.
 */
export function changesBetween(before: string, after: string): Change[] {
  // Most documents are opened as they are on disk, and long ones take a while to be split into lines.
  if (before === after) return []
  const [old, now] = [linesOf(before), linesOf(after)]
  const changes: Change[] = []
  let [i, j, offset] = [0, 0, 0]
  const replaceUpTo = (nextI: number, nextJ: number) => {
    const [oldText, newText] = [joined(old, i, nextI), joined(now, j, nextJ)]
    if (oldText !== newText) changes.push(trimmedChange(offset, oldText, newText))
    offset += oldText.length
    ;[i, j] = [nextI, nextJ]
  }
  for (const [pairI, pairJ] of [...matches(old, now), [old.length, now.length]] as Pair[]) {
    // Blocks with the same number of lines are compared line by line, so that an edit in one line touches no other
    // line.
    while (pairI - i === pairJ - j && i < pairI) replaceUpTo(i + 1, j + 1)
    replaceUpTo(pairI, pairJ)
    // Matched lines differ at most in their line ends.
    if (pairI < old.length && pairJ < now.length) replaceUpTo(pairI + 1, pairJ + 1)
  }
  return changes
}

function linesOf(text: string): Line[] {
  const raws = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
  return raws.map((raw) => ({ raw, key: raw.replace(/[\r\n]+$/, '') }))
}

function joined(lines: readonly Line[], from: number, to: number): string {
  let text = ''
  for (let n = from; n < to; n++) text += lines[n]?.raw ?? ''
  return text
}

/** All matched lines, in order: common lines at both ends, and between them a longest common series. */
function matches(old: readonly Line[], now: readonly Line[]): Pair[] {
  const numbers = new Map<string, number>()
  const numberOf = ({ key }: Line): number => {
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  }
  const [before, after] = [old.map(numberOf), now.map(numberOf)]
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const found: Pair[] = Array.from({ length: head }, (_, n) => [n, n])
  let [i, j] = [head, head]
  for (const { added, removed, count } of commonSeries(
    before.slice(head, -tail || undefined),
    after.slice(head, -tail || undefined),
  )) {
    if (!added && !removed) for (let n = 0; n < count; n++) found.push([i + n, j + n])
    if (!added) i += count
    if (!removed) j += count
  }
  for (let n = tail; n > 0; n--) found.push([before.length - n, after.length - n])
  return found
}

/** The parts that were added, removed or kept, in order; none when finding them would take too long. */
function commonSeries(before: number[], after: number[]): { added: boolean; removed: boolean; count: number }[] {
  const maxEditLength = Math.min(MAX_DIFFERENT_LINES, Math.floor(MAX_COMPARISONS / (before.length + after.length + 1)))
  return diffArrays(before, after, { maxEditLength }) ?? []
}

/** The change that replaces a block, without the equal characters at both ends. */
function trimmedChange(offset: number, old: string, now: string): Change {
  const shorter = Math.min(old.length, now.length)
  let head = 0
  while (head < shorter && old[head] === now[head]) head++
  let tail = 0
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  return {
    rangeOffset: offset + head,
    rangeLength: old.length - head - tail,
    text: now.slice(head, now.length - tail),
  }
}
