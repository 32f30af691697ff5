import type { LayerState } from '../../src/run/state.ts'
import { element, setAttribute, setText } from '../ui/dom.ts'
import { icon } from '../ui/icons.ts'
import type { LayerWords } from '../../src/presentation/layerDetails.ts'

/** One layer's bar: a real button, so that keyboards and screen readers have it for free. */
export class LayerRow {
  readonly item: HTMLLIElement
  readonly button: HTMLButtonElement
  readonly #swatch = element('span', { class: 'swatch', attributes: { 'aria-hidden': 'true' } })
  readonly #name = element('span', { class: 'name' })
  readonly #kind = element('span', { class: 'kind' })
  readonly #percent = element('span', { class: 'percent' })
  readonly #dimensions = element('span', { class: 'dimensions' })
  readonly #word = element('span')
  readonly #verdict = element('span', { class: 'verdict' }, [this.#word])
  readonly #fill = element('span', { class: 'fill' })
  readonly #tick = element('span', { class: 'tick' })
  readonly #details = element('p', { class: 'details' })
  #shownKind: string | null = null

  constructor(onOpen: () => void) {
    const bar = element('span', { class: 'bar' }, [this.#fill, this.#tick])
    const label = element('span', { class: 'label' }, [this.#swatch, this.#name, this.#kind])
    this.button = element('button', { class: 'row', attributes: { type: 'button' } }, [
      label,
      this.#percent,
      bar,
      this.#dimensions,
      this.#verdict,
    ])
    this.button.addEventListener('click', onOpen)
    this.item = element('li', {}, [this.button, this.#details])
    this.#details.hidden = true
  }

  /** Shows the layer's latest; touches only what has changed. */
  update(layer: LayerState, words: LayerWords, selected: boolean): void {
    setText(this.#name, layer.name)
    setText(this.#kind, layer.kind)
    setText(this.#percent, words.percent)
    setText(this.#dimensions, words.dimensions)
    setText(this.#word, words.verdict)
    setAttribute(this.button, 'aria-label', words.sentence)
    setAttribute(this.button, 'title', [words.sentence, ...words.details].join('\n'))
    setAttribute(this.button, 'aria-current', selected ? 'true' : null)
    if (this.#shownKind !== words.kind) {
      this.#shownKind = words.kind
      this.button.dataset['verdict'] = words.kind
      this.#verdict.replaceChildren(icon(words.kind), this.#word)
    }
    setLength(this.#fill, words.train)
    setLength(this.#tick, words.evaluation)
    this.#details.hidden = !selected
    setText(this.#details, selected ? words.details.join(' ') : '')
  }

  /** Marks the row with the colour of the layer's line in the chart. */
  paint(color: string): void {
    this.#swatch.style.backgroundColor = color
  }
}

function setLength(target: HTMLElement, share: number | null): void {
  target.hidden = share === null
  const length = `${((share ?? 0) * 100).toFixed(1)}%`
  if (target.style.getPropertyValue('--share') !== length) target.style.setProperty('--share', length)
}
