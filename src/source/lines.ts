/** A line of a text: offsets of its begin and of its terminator, counted from 0, in UTF-16 units. */
export interface Line {
  start: number
  end: number
}

/** The lines of a text. They end at ECMAScript's line terminators, which include U+2028 and U+2029. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  for (const end of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) {
    lines.push({ start, end: end.index })
    start = end.index + end[0].length
  }
  return [...lines, { start, end: text.length }]
}

/**
 * Converts a line and column, as in V8's call sites, to an offset.
 * @param line counted from 1
 * @param column counted from 1, in UTF-16 units
 * @returns offset counted from 0, in UTF-16 units; null when the text has no such position.
 */
export function offsetOf(lines: readonly Line[], line: number, column: number): number | null {
  const found = lines[line - 1]
  if (!found || column < 1) return null
  const offset = found.start + column - 1
  return offset < found.end ? offset : null
}
