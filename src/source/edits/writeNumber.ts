/**
 * Writes a number in the form in which another is written: hexadecimal, octal or binary, with separators of thousands,
 * within quotes. An exponent or a fraction is not kept.
 * @param written the text of a number or of a string that holds one
 */
export function writeNumber(value: number, written: string): string {
  const quote = /^["'`]/.exec(written)?.[0] ?? ''
  const digits = quote === '' ? written : written.slice(1, -1)
  const [, prefix] = /^(0[xXoObB])/.exec(digits) ?? []
  if (prefix === undefined) return quote + grouped(String(value), digits) + quote
  const radix = { x: 16, o: 8, b: 2 }[prefix[1]!.toLowerCase()]!
  const text = value.toString(radix)
  return quote + prefix + (/[A-F]/.test(digits.slice(2)) ? text.toUpperCase() : text) + quote
}

/** Puts separators of thousands into a number, where another has them. */
function grouped(text: string, like: string): string {
  return /_\d{3}$/.test(like) ? text.replace(/\B(?=(?:\d{3})+$)/g, '_') : text
}
