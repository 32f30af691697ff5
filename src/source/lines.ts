/**
 * Offset of a place that JavaScript counts by line and column, as V8's call sites do.
 * @param line counted from 1; lines end as ECMAScript says, U+2028 and U+2029 included
 * @param column counted from 1, in UTF-16 units
 * @returns an offset in UTF-16 units from 0, or null when the text has no such place.
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
