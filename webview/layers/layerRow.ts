import { actionsOfLine, type OfferedAction } from '../../src/presentation/actions/layerActions.ts'
import { ActionButtons } from '../ui/actionButtons.ts'
import { element, setAttribute, setText } from '../ui/dom.ts'
import { icon } from '../ui/icons.ts'
import { panelRow } from '../../src/presentation/layer/panelRow.ts'
import type { LayerSummary } from '../../src/presentation/layer/summary.ts'

/** One layer's bar. It is a button, so keyboards and screen readers can use it. */
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
  readonly #proven = element('span', { class: 'proven' })
  readonly #details = element('p', { class: 'details' })
  readonly #actions: ActionButtons
  #shownVerdict: string | null = null

  constructor(onOpen: () => void, onAct: (action: OfferedAction) => void) {
    this.#actions = new ActionButtons(onAct)
    const bar = element('span', { class: 'bar' }, [this.#fill, this.#tick])
    const label = element('span', { class: 'label' }, [this.#swatch, this.#name, this.#kind])
    this.button = element('button', { class: 'row', attributes: { type: 'button' } }, [
      label,
      this.#percent,
      bar,
      this.#dimensions,
      this.#verdict,
      this.#proven,
    ])
    this.button.addEventListener('click', onOpen)
    this.item = element('li', {}, [this.button, this.#actions.element, this.#details])
    this.#details.hidden = true
  }

  /** Shows the layer as it is now; changes only the elements that differ. */
  update(layer: LayerSummary, selected: boolean): void {
    const { percent, dimensions, proven, verdict, sentence, details } = panelRow(layer)
    setText(this.#name, layer.name)
    setText(this.#kind, layer.layerKind)
    setText(this.#percent, percent)
    setText(this.#dimensions, dimensions)
    setText(this.#proven, proven)
    this.#proven.hidden = proven === ''
    setText(this.#word, verdict)
    setAttribute(this.button, 'aria-label', sentence)
    setAttribute(this.button, 'title', [sentence, ...details].join('\n'))
    setAttribute(this.button, 'aria-current', selected ? 'true' : null)
    if (this.#shownVerdict !== layer.verdict) {
      this.#shownVerdict = layer.verdict
      this.button.dataset['verdict'] = layer.verdict
      this.#verdict.replaceChildren(icon(layer.verdict), this.#word)
    }
    setLength(this.#fill, layer.train?.saturation ?? null)
    setLength(this.#tick, layer.evaluation?.saturation ?? null)
    // In the panel, the reasons stand below the actions already.
    const actions = selected ? actionsOfLine([layer]).filter(({ id }) => id !== 'why') : []
    this.#actions.update(actions)
    this.#details.hidden = !selected
    setText(this.#details, selected ? details.join(' ') : '')
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
