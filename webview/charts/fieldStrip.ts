import { fieldStrip, type FieldBar, type FieldStrip as Strip } from '../../src/presentation/fields/fieldStrip.ts'
import type { RunState } from '../../src/run/state.ts'
import { element, setAttribute, setText } from '../ui/dom.ts'
import { DataTable } from './dataTable.ts'

const HEADING = 'Receptive fields'
/** Layers up to which the size of each feature map is written below its bar. */
const MAX_WRITTEN = 12
/** Height at which bars are cut off, as a multiple of the input's size. */
const MAX_SHARE = 2

/** What each layer sees of the input, as bars in depth order against the input's size. Hidden where nothing is known. */
export class FieldStrip {
  readonly element: HTMLElement
  readonly #bars = element('div', { class: 'fields', attributes: { role: 'img' } })
  readonly #words = element('p', { class: 'remark' })
  readonly #table = new DataTable(HEADING)
  readonly #onPick: (layer: string) => void
  #shown = ''

  constructor(onPick: (layer: string) => void) {
    this.#onPick = onPick
    this.element = element('section', { class: 'field-strip' }, [
      element('h2', { text: HEADING }),
      this.#bars,
      this.#words,
      this.#table.element,
    ])
    this.element.hidden = true
  }

  /** Shows the run's layers, one emphasised. */
  update({ layers }: RunState, selected: string | null): void {
    const strip = fieldStrip(layers)
    this.element.hidden = strip === null
    if (!strip) return
    const shown = JSON.stringify(strip)
    if (shown !== this.#shown) {
      this.#shown = shown
      this.#draw(strip)
    }
    for (const bar of this.#bars.querySelectorAll<HTMLElement>('.field'))
      setAttribute(bar, 'aria-current', bar.dataset['layer'] === selected ? 'true' : null)
  }

  #draw({ bars, words, table }: Strip): void {
    // The line of the input's size is always in the picture, and no bar dwarfs the others.
    const largest = Math.max(...bars.map(({ seen }) => seen.max))
    const top = Math.min(MAX_SHARE, Math.max(1, largest))
    this.#bars.replaceChildren(...bars.map((bar) => this.#column(bar, top, bars.length <= MAX_WRITTEN)))
    setShare(this.#bars, '--input', 1 / top)
    setAttribute(this.#bars, 'aria-label', `${HEADING} of ${bars.length} layers. ${words.join(' ')}`)
    setText(this.#words, words.join(' '))
    this.#table.update(() => ({ columns: [...table.head], rows: table.rows.map((row) => [...row]) }))
  }

  #column({ layer, seen, map, unproductive, details }: FieldBar, top: number, isWritten: boolean): HTMLElement {
    const plot = element('span', { class: 'plot' }, [
      element('span', { class: 'longest' }),
      element('span', { class: 'shortest' }),
    ])
    const parts = isWritten ? [plot, element('span', { class: 'map', text: map })] : [plot]
    const column = element('span', { class: 'field', title: details }, parts)
    column.dataset['layer'] = layer
    if (unproductive) column.dataset['unproductive'] = ''
    setShare(column, '--shortest', Math.min(1, seen.min / top))
    setShare(column, '--longest', Math.min(1, seen.max / top))
    column.addEventListener('click', () => this.#onPick(layer))
    return column
  }
}

function setShare(target: HTMLElement, property: string, share: number): void {
  target.style.setProperty(property, share.toFixed(4))
}
