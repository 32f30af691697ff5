/** Cells of a table as text; the first cell of each row names the row. */
export interface TableCells {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}
