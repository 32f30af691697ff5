import { normalise } from '../normalise.ts'

/** A piece of a document that was replaced; offsets in UTF-16 units from 0, in the text before the change. */
export interface Change {
  rangeOffset: number
  rangeLength: number
  text: string
}

/** A piece of text followed through edits. Offsets in UTF-16 units from 0. */
export interface Tracked {
  start: number
  end: number
  /** The text it had at first. */
  original: string
  /** True once it was deleted as a whole; start and end then say where it was. */
  lost: boolean
}

/** The text of a tracked piece was edited: no longer the original but for what a formatter may change. */
export function isEdited(tracked: Tracked, text: string): boolean {
  const now = text.slice(tracked.start, tracked.end)
  return now !== tracked.original && normalise(now) !== normalise(tracked.original)
}

/**
 * Where tracked pieces are after changes that happened at once (several cursors, a formatter). Text put in directly
 * before or behind a piece does not belong to it. A piece that was deleted or damaged is found again when an edit brings
 * its original text back: undo, or cut and paste.
 * @param changes not overlapping, in any order, all in offsets of the text before
 * @param textAfter the document's whole text after the changes
 */
export function afterChanges<T extends Tracked>(
  pieces: readonly T[],
  changes: readonly Change[],
  textAfter: string,
): T[] {
  // From the end backwards no change shifts the offsets of the next one.
  const backwards = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset)
  const moved = pieces.map((piece) => backwards.reduce(move, piece))
  return moved.map((piece, i) => {
    if (!piece.lost && !isEdited(piece, textAfter)) return piece
    const others = moved.filter((other, j) => j !== i && !other.lost)
    const start = broughtBack(piece, insertions(changes), textAfter, others)
    if (start === null) return piece
    // Found pieces are taken: of two equal ones that come back together each gets its own place.
    return (moved[i] = { ...piece, start, end: start + piece.original.length, lost: false })
  })
}

function move<T extends Tracked>(piece: T, { rangeOffset, rangeLength, text }: Change): T {
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

/** Where the changes put new text, in offsets of the text after them. */
function insertions(changes: readonly Change[]): { start: number; end: number }[] {
  let shift = 0
  return [...changes]
    .sort((a, b) => a.rangeOffset - b.rangeOffset)
    .map(({ rangeOffset, rangeLength, text }) => {
      const start = rangeOffset + shift
      shift += text.length - rangeLength
      return { start, end: start + text.length }
    })
}

function broughtBack(
  { original }: Tracked,
  insertions: readonly { start: number; end: number }[],
  text: string,
  taken: readonly Tracked[],
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
