import jsTokens from 'js-tokens'

/** Removed between tokens. */
const GAPS = new Set(['WhiteSpace', 'LineTerminatorSequence', 'MultiLineComment', 'SingleLineComment'])

/**
 * Removes from code what a formatter may change: white space, comments, trailing commas and the kind of quotes. Two
 * texts that are equal after normalising mean the same. The code need not parse. Semicolons stay, because the function
 * is meant for expressions. The time is linear in the length.
 */
export function normalise(code: string): string {
  const tokens: string[] = []
  for (const token of jsTokens(code)) {
    const { type, value } = token
    if (GAPS.has(type)) continue
    const closes = value === ')' || value === ']' || value === '}'
    if (closes && tokens.at(-1) === ',') tokens.pop()
    tokens.push(token.type === 'StringLiteral' && token.closed ? withSingleQuotes(value) : value)
  }
  return tokens.join(' ')
}

function withSingleQuotes(string: string): string {
  const inside = string.slice(1, -1)
  return inside.includes("'") || inside.includes('"') ? string : `'${inside}'`
}
