/** Longest sentence that is worth showing, in UTF-16 code units; events allow more. */
const LONGEST = 2000

/** A text short enough for an event: other people's messages may quote a whole file. What was cut off is counted. */
export function clip(text: string): string {
  if (text.length <= LONGEST) return text
  return `${text.slice(0, LONGEST)} … (${(text.length - LONGEST).toLocaleString('en')} more characters)`
}
