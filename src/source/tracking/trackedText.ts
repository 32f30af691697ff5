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

/** Whether a piece differs from its original by more than a formatter may change. */
export function isEdited(piece: TrackedText, text: string): boolean {
  const now = text.slice(piece.start, piece.end)
  return now !== piece.original && normalise(now) !== normalise(piece.original)
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
  // From the end to the start, so that no change shifts the offsets of the changes that follow.
  const backwards = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset)
  const moved = pieces.map((piece) => backwards.reduce(move, piece))
  return moved.map((piece, i) => {
    if (!piece.lost && !isEdited(piece, textAfter)) return piece
    const others = moved.filter((other, j) => j !== i && !other.lost)
    const start = findRestored(piece, insertedRanges(changes), textAfter, others)
    if (start === null) return piece
    // Restored pieces are written back at once, so that of two equal pieces each gets a place of its own.
    return (moved[i] = { ...piece, start, end: start + piece.original.length, lost: false })
  })
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

/** Ranges of the inserted texts, in offsets of the text after the changes. */
function insertedRanges(changes: readonly Change[]): { start: number; end: number }[] {
  let shift = 0
  return [...changes]
    .sort((a, b) => a.rangeOffset - b.rangeOffset)
    .map(({ rangeOffset, rangeLength, text }) => {
      const start = rangeOffset + shift
      shift += text.length - rangeLength
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
  for (const insertion of insertions) {
    const from = Math.max(0, insertion.start - original.length)
    const to = insertion.end + original.length
    let at = text.indexOf(original, from)
    while (at >= 0 && at + original.length <= to) {
      const end = at + original.length
      if (!taken.some((other) => other.start < end && at < other.end)) return at
      at = text.indexOf(original, at + 1)
    }
  }
  return null
}
