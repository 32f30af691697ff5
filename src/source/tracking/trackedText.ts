import { normalise } from '../normalise.ts'

/** A replaced piece of a document. Offsets are counted from 0, in UTF-16 units, in the text before the change. */
export interface Change {
  rangeOffset: number
  rangeLength: number
  text: string
}

/** A piece of a text that is tracked through edits. Offsets are counted from 0, in UTF-16 units. */
export interface TrackedText {
  start: number
  end: number
  /** The text of the piece before any edit. */
  original: string
  /** Whether the whole piece was deleted; start and end are where it was then. */
  lost: boolean
}

/** Length of the longest piece that a formatter may change without counting, in UTF-16 units. */
const MAX_NORMALISED = 100_000

/** Whether a piece differs from its original by more than a formatter may change. */
export function isEdited(piece: TrackedText, text: string): boolean {
  const now = text.slice(piece.start, piece.end)
  if (now === piece.original) return false
  return Math.max(now.length, piece.original.length) > MAX_NORMALISED || normalise(now) !== normalise(piece.original)
}

/**
 * Updates tracked pieces after changes that happened at once (several cursors, a formatter). Text inserted directly
 * before or after a piece does not belong to it. A deleted or damaged piece is found again when an edit restores its
 * original text: by undo, or by cut and paste.
 * @param changes in any order, not overlapping, in offsets of the text before all of them
 * @param textAfter the document's whole text after the changes
 */
export function afterChanges<T extends TrackedText>(
  pieces: readonly T[],
  changes: readonly Change[],
  textAfter: string,
): T[] {
  const sorted = [...changes].sort((a, b) => a.rangeOffset - b.rangeOffset)
  const shifts = shiftsBefore(sorted)
  const moved = pieces.map((piece) => moveBy(piece, sorted, shifts))
  if (!moved.some((piece) => piece.lost || isEdited(piece, textAfter))) return moved
  const windows = insertedRanges(sorted, shifts)
  return moved.map((piece, i) => {
    if (!piece.lost && !isEdited(piece, textAfter)) return piece
    const others = moved.filter((other, j) => j !== i && !other.lost)
    const start = findRestored(piece, windows, textAfter, others)
    if (start === null) return piece
    // Restored pieces are written back at once, so that of two equal pieces each gets a place of its own.
    return (moved[i] = { ...piece, start, end: start + piece.original.length, lost: false })
  })
}

/** By how much the changes before each of the sorted changes shift what follows, and all of them. */
function shiftsBefore(sorted: readonly Change[]): number[] {
  const shifts = [0]
  for (const { text, rangeLength } of sorted) shifts.push(shifts.at(-1)! + text.length - rangeLength)
  return shifts
}

/** Moves a piece by all changes: those before it by their sum, those that touch it one by one. */
function moveBy<T extends TrackedText>(piece: T, sorted: readonly Change[], shifts: readonly number[]): T {
  const first = countWhile(sorted, ({ rangeOffset, rangeLength }) => rangeOffset + rangeLength <= piece.start)
  const end = countWhile(sorted, ({ rangeOffset }) => rangeOffset < piece.end)
  let moved = piece
  // From the end to the start, so that no change shifts the offsets of the changes that follow.
  for (let i = end - 1; i >= first; i--) moved = move(moved, sorted[i]!)
  const shift = shifts[first]!
  return shift === 0 ? moved : { ...moved, start: moved.start + shift, end: moved.end + shift }
}

/** Number of leading changes that fulfil a condition which all later ones do not, by bisection. */
function countWhile(sorted: readonly Change[], holds: (change: Change) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(sorted[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}

function move<T extends TrackedText>(piece: T, { rangeOffset, rangeLength, text }: Change): T {
  const changeEnd = rangeOffset + rangeLength
  const shift = text.length - rangeLength
  const { start, end } = piece
  if (changeEnd <= start) return { ...piece, start: start + shift, end: end + shift }
  if (rangeOffset >= end) return piece
  if (rangeOffset <= start && changeEnd >= end) {
    return { ...piece, start: rangeOffset, end: rangeOffset, lost: true }
  }
  if (rangeOffset < start) return { ...piece, start: rangeOffset + text.length, end: end + shift }
  return { ...piece, end: changeEnd > end ? rangeOffset : end + shift }
}

/** Ranges of the inserted texts, in offsets of the text after the changes, in order. */
function insertedRanges(sorted: readonly Change[], shifts: readonly number[]): { start: number; end: number }[] {
  return sorted.map(({ rangeOffset, text }, i) => {
    const start = rangeOffset + shifts[i]!
    return { start, end: start + text.length }
  })
}

/** Start of the original text of a piece in or next to an inserted range, outside other pieces; null when not found. */
function findRestored(
  { original }: TrackedText,
  insertions: readonly { start: number; end: number }[],
  text: string,
  taken: readonly TrackedText[],
): number | null {
  if (original === '') return null
  // Neighbouring ranges are searched as one, so that no part of the text is searched twice.
  for (let i = 0; i < insertions.length;) {
    const from = Math.max(0, insertions[i]!.start - original.length)
    let to = insertions[i]!.end + original.length
    while (++i < insertions.length && insertions[i]!.start - original.length <= to)
      to = Math.max(to, insertions[i]!.end + original.length)
    const searched = text.slice(from, to)
    for (let at = searched.indexOf(original); at >= 0; at = searched.indexOf(original, at + 1)) {
      const [start, end] = [from + at, from + at + original.length]
      if (!taken.some((other) => other.start < end && start < other.end)) return start
    }
  }
  return null
}
