import type { TableCells } from '../proof/tableCells.ts'

/** A table as GitHub's Markdown has it, a line a row. Cells are text: nothing in them is read as Markdown. */
export function markdownTable({ head, rows }: TableCells): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`
  return [line(head), `|${head.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`, ...rows.map(line)].join('\n')
}

/** A text in which no character has a meaning in Markdown. Names of layers and metrics come from the user's program. */
export function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]<>|#~&@]/g, String.raw`\$&`)
}

/** A text in which no character has a meaning in HTML, for a line in which Markdown is not read. */
export function escapedHtml(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
