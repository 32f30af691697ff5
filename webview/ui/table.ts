import type { TableCells } from '../../src/presentation/proof/tableCells.ts'
import { element } from './dom.ts'

/** Fills a table's head and body with cells; the first cell of a row is its header. */
export function fillTable(table: HTMLTableElement, { head, rows }: TableCells): void {
  const columns = head.map((text) =>
    text === '' ? element('td') : element('th', { text, attributes: { scope: 'col' } }),
  )
  const body = rows.map(([name = '', ...values]) =>
    element('tr', {}, [
      element('th', { text: name, attributes: { scope: 'row' } }),
      ...values.map((text) => element('td', { text })),
    ]),
  )
  table.replaceChildren(element('thead', {}, [element('tr', {}, columns)]), element('tbody', {}, body))
}
