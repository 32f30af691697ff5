/** A token: a string, a template, a gap (comment or white space), a word or number, or any other single character. */
const TOKEN =
  /(?<string>'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")|`(?:[^`\\]|\\[^])*`|(?<gap>\/\/[^\n\r]*|\/\*[^]*?\*\/|\s+)|[\w$.]+|[^]/gu

/**
 * Removes from code what a formatter may change: white space, comments, trailing commas and the kind of quotes. Two
 * texts that are equal after normalising mean the same. The code need not parse. Semicolons stay, because the function
 * is meant for expressions.
 */
export function normalise(code: string): string {
  const tokens: string[] = []
  for (const match of code.matchAll(TOKEN)) {
    if (match.groups?.['gap'] !== undefined) continue
    const token = match.groups?.['string'] === undefined ? match[0] : withSingleQuotes(match[0])
    const closes = token === ')' || token === ']' || token === '}'
    if (closes && tokens.at(-1) === ',') tokens.pop()
    tokens.push(token)
  }
  return tokens.join(' ')
}

function withSingleQuotes(string: string): string {
  const inside = string.slice(1, -1)
  return inside.includes("'") || inside.includes('"') ? string : `'${inside}'`
}
