/** The comment that hides the hints of its own line and of the next one. */
export const DIRECTIVE = 'saturation-ignore'

/** Matches the directive in a comment; what stands in a string is no comment, but nobody writes this into one. */
const COMMENT = /(?:\/\/|\/\*|<!--)[^\n]*\bsaturation-ignore\b/

/**
 * Whether a comment hides the hints of a line.
 * @param line counted from 0
 * @param textOf gives the text of a line
 */
export function isIgnoredByComment(line: number, textOf: (line: number) => string): boolean {
  if (COMMENT.test(textOf(line))) return true
  if (line === 0) return false
  const above = textOf(line - 1)
  // A comment behind code belongs to that line alone.
  return COMMENT.test(above) && /^\s*(?:\/\/|\/\*|\*|<!--|\{\s*\/\*)/.test(above)
}

/** How the setting names a layer of a file. @param file relative to the workspace, with `/` */
export function ignoredLayer(file: string, layer: string): string {
  return `${file}#${layer}`
}

/** Whether the setting hides a layer of a file. @param file relative to the workspace, with `/` */
export function isIgnoredBySetting(entries: readonly string[], file: string, layer: string): boolean {
  return entries.some((entry) => entry === file || entry === ignoredLayer(file, layer))
}
