import { element } from '../ui/dom.ts'
import { fillTable } from '../ui/table.ts'
import type { Table } from './tables.ts'

/** Milliseconds between two refreshes: a table that changes faster cannot be read. */
const REFRESH_INTERVAL_MS = 1000

/** A chart's data as a table, for those who cannot see a canvas. It is filled only while unfolded. */
export class DataTable {
  readonly element: HTMLDetailsElement
  readonly #table: HTMLTableElement
  #make: () => Table = () => ({ columns: [], rows: [] })
  #refreshedAt = 0

  /** @param caption what the table holds */
  constructor(caption: string) {
    this.#table = element('table', { attributes: { 'aria-label': caption } })
    const scroller = element(
      'div',
      { class: 'scroller', attributes: { tabindex: '0', role: 'region', 'aria-label': caption } },
      [this.#table],
    )
    this.element = element('details', { class: 'data' }, [element('summary', { text: 'Data table' }), scroller])
    this.element.addEventListener('toggle', () => this.#refresh())
  }

  /** Sets the data, and refreshes the table if it is time. */
  update(make: () => Table): void {
    this.#make = make
    if (performance.now() - this.#refreshedAt > REFRESH_INTERVAL_MS) this.#refresh()
  }

  #refresh(): void {
    if (!this.element.open) return
    this.#refreshedAt = performance.now()
    const { columns, rows } = this.#make()
    fillTable(this.#table, { head: columns, rows })
  }
}
