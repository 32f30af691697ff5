import type { Change } from './trackedText.ts'

interface Line {
  /** The line with its line end. */
  raw: string
  /** The line without its line end. Keys are compared, so that other line ends make no difference. */
  key: string
}

/** Indices of a line in the text before and of the same line in the text after. */
type Pair = readonly [number, number]

/**
 * The changes that turn one text into another, by a patience diff: lines that occur once in both texts are matched
 * first. Used when no edits were reported: an unsaved buffer is compared with its file, or a file was reloaded as a
 * whole.
 * @returns changes in order, not overlapping, in UTF-16 offsets of `before`; none for equal texts.
 */
export function changesBetween(before: string, after: string): Change[] {
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

/** All matched lines, in order: common lines at both ends, then anchors and what is between them, recursively. */
function matches(old: readonly Line[], now: readonly Line[]): Pair[] {
  const found: Pair[] = []
  const same = (i: number, j: number) => old[i]?.key === now[j]?.key
  const match = (fromI: number, fromJ: number, toI: number, toJ: number): void => {
    let [i, j, tail] = [fromI, fromJ, 0]
    while (i < toI && j < toJ && same(i, j)) found.push([i++, j++])
    while (toI - tail > i && toJ - tail > j && same(toI - tail - 1, toJ - tail - 1)) tail++
    for (const [anchorI, anchorJ] of anchors(old, now, [i, j], [toI - tail, toJ - tail])) {
      match(i, j, anchorI, anchorJ)
      found.push([anchorI, anchorJ])
      ;[i, j] = [anchorI + 1, anchorJ + 1]
    }
    // With at least one match, the rest after the last is a smaller block. Without any, nothing more can be matched.
    if (i > fromI && i < toI - tail && j < toJ - tail) match(i, j, toI - tail, toJ - tail)
    for (let n = tail; n > 0; n--) found.push([toI - n, toJ - n])
  }
  match(0, 0, old.length, now.length)
  return found
}

/** Matches lines that occur once on each side: the longest series that increases on both sides, by patience sorting. */
function anchors(old: readonly Line[], now: readonly Line[], from: Pair, to: Pair): Pair[] {
  const [before, after] = [uniqueLines(old, from[0], to[0]), uniqueLines(now, from[1], to[1])]
  interface Card {
    pair: Pair
    left: Card | undefined
  }
  const piles: Card[] = []
  for (const [key, i] of before) {
    const j = after.get(key)
    if (j === undefined) continue
    const found = piles.findIndex((top) => top.pair[1] > j)
    const at = found < 0 ? piles.length : found
    piles[at] = { pair: [i, j], left: piles[at - 1] }
  }
  const series: Pair[] = []
  for (let card = piles.at(-1); card; card = card.left) series.push(card.pair)
  return series.reverse()
}

/** Indices of the lines that occur once in [from, to), by key, in order. */
function uniqueLines(lines: readonly Line[], from: number, to: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let n = from; n < to; n++) {
    const key = lines[n]?.key ?? ''
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const unique = new Map<string, number>()
  for (let n = from; n < to; n++) {
    const key = lines[n]?.key ?? ''
    if (counts.get(key) === 1) unique.set(key, n)
  }
  return unique
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
