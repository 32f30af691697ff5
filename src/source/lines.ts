/**
 * Converts a line and column, as in V8's call sites, to an offset.
 * @param line counted from 1; lines end at ECMAScript's line terminators, which include U+2028 and U+2029
 * @param column counted from 1, in UTF-16 units
 * @returns offset counted from 0, in UTF-16 units; null when the text has no such position.
 */
export function offsetOf(text: string, line: number, column: number): number | null {
  if (line < 1 || column < 1) return null
  const lineEnd = /\r\n|[\n\r\u2028\u2029]/g
  let start = 0
  for (let n = 1; n < line; n++) {
    const end = lineEnd.exec(text)
    if (!end) return null
    start = end.index + end[0].length
  }
  const end = lineEnd.exec(text)?.index ?? text.length
  const offset = start + column - 1
  return offset < end ? offset : null
}
