/** UTF-16 code units of the longest text that is worth showing; events allow more. */
const MAX_CODE_UNITS = 2000

/**
 * Shortens a text for an event, because a foreign error message may quote a whole file. The text says how much was cut.
 */
export function clip(text: string): string {
  if (text.length <= MAX_CODE_UNITS) return text
  return `${text.slice(0, MAX_CODE_UNITS)} … (${(text.length - MAX_CODE_UNITS).toLocaleString('en')} more characters)`
}
