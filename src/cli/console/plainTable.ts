import Table from 'cli-table3'
import type { TableCells } from '../../presentation/proof/tableCells.ts'

/** A column: its heading and the alignment of its cells. */
export type Column = readonly [head: string, align: 'left' | 'right']

const EDGES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
const RULES = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid']

/** A table in columns without rules, as other command-line tools print them. Cells may hold colours. */
export function plainTable(columns: readonly Column[], rows: readonly string[][]): string {
  const table = new Table({
    head: columns.map(([head]) => head),
    colAligns: columns.map(([, align]) => align),
    chars: { ...Object.fromEntries([...EDGES, ...RULES].map((name) => [name, ''])), middle: '  ' },
    // The caller paints the cells, since cli-table3 does not know whether the stream has colours.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows)
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** A table of text. @param words heads of the columns that hold words; others hold numbers and end at the right */
export function textTable({ head, rows }: TableCells, words: readonly string[]): string {
  return plainTable(
    head.map((name) => [name, words.includes(name) ? 'left' : 'right']),
    rows.map((row) => [...row]),
  )
}
