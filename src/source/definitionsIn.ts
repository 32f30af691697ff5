import { constructionAt } from './constructions.ts'
import { linesOf, offsetOf } from './lines.ts'
import { parseCode } from './parse.ts'

/** A piece of a text: offsets counted from 0, in UTF-16 units. */
export interface Range {
  start: number
  end: number
}

/**
 * The texts that define layers: for each site the call there, or the rest of the line where no call is found.
 * @param parses whether to look for calls; without, the time is linear in the length whatever the text is
 * @param sites lines and columns counted from 1
 * @returns in the order of the sites; null where the text has no such position.
 */
export function definitionsIn(
  text: string,
  fileName: string,
  parses: boolean,
  sites: readonly { line: number; column: number }[],
): (Range | null)[] {
  const parsed = parses ? parseCode(text, fileName) : null
  const lines = parsed?.lines ?? linesOf(text)
  return sites.map((site) => {
    const construction = parsed && constructionAt(parsed, site)
    const start = construction?.ownStart ?? offsetOf(lines, site.line, site.column)
    if (start === null) return null
    const lineEnd = /[\r\n]|$/g
    lineEnd.lastIndex = start
    return { start, end: construction?.end ?? lineEnd.exec(text)?.index ?? text.length }
  })
}
