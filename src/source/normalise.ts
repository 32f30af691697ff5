/** Strings, templates, comments, white space, words and numbers, and any other single character. */
const TOKEN =
  /(?<string>'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")|`(?:[^`\\]|\\[^])*`|(?<gap>\/\/[^\n\r]*|\/\*[^]*?\*\/|\s+)|[\w$.]+|[^]/gu

/**
 * A text of code without what a formatter may change: white space, comments, trailing commas and the kind of quotes.
 * Two texts that normalise alike mean the same; works on code that does not parse. Semicolons are kept, since this is
 * meant for expressions.
 */
export function normalise(code: string): string {
  const tokens: string[] = []
  for (const match of code.matchAll(TOKEN)) {
    if (match.groups?.['gap'] !== undefined) continue
    const token = match.groups?.['string'] === undefined ? match[0] : requoted(match[0])
    const closes = token === ')' || token === ']' || token === '}'
    if (closes && tokens.at(-1) === ',') tokens.pop()
    tokens.push(token)
  }
  return tokens.join(' ')
}

function requoted(string: string): string {
  const inside = string.slice(1, -1)
  return inside.includes("'") || inside.includes('"') ? string : `'${inside}'`
}
