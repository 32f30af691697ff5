import type { LayerState, RunState } from '../../src/run/state.ts'
import { element, setAttribute, setText } from '../ui/dom.ts'

/** The layers without a number, each with the reason, in a list that unfolds from their count. */
export class UnmeasuredLayers {
  readonly element: HTMLDetailsElement
  readonly #summary = element('summary')
  readonly #list = element('ul')
  readonly #onOpen: (layer: string) => void
  #buttons = new Map<string, HTMLButtonElement>()
  #shown = ''

  constructor(onOpen: (layer: string) => void) {
    this.#onOpen = onOpen
    this.element = element('details', { class: 'unmeasured' }, [this.#summary, this.#list])
  }

  /** Shows the run's unmeasured layers; hidden when there is none. */
  update(run: RunState, selected: string | null): void {
    const layers = run.layers.filter((layer) => layer.notMeasured !== null)
    this.element.hidden = layers.length === 0
    setText(this.#summary, `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'} not measured`)
    const shown = JSON.stringify(layers.map(({ id, notMeasured }) => [id, notMeasured]))
    if (shown !== this.#shown) {
      this.#shown = shown
      this.#buttons = new Map(layers.map((layer) => [layer.id, this.#button(layer)]))
      this.#list.replaceChildren(...[...this.#buttons.values()].map((button) => element('li', {}, [button])))
    }
    for (const [id, button] of this.#buttons) setAttribute(button, 'aria-current', id === selected ? 'true' : null)
  }

  /** Unfolds the list and gives the layer's button the focus. */
  reveal(id: string): void {
    const button = this.#buttons.get(id)
    if (!button) return
    this.element.open = true
    button.focus()
  }

  #button(layer: LayerState): HTMLButtonElement {
    const made = element('button', { class: 'row', attributes: { type: 'button' } }, [
      element('span', { class: 'name', text: layer.name }),
      element('span', { class: 'kind', text: layer.kind }),
      element('span', { class: 'reason', text: `not measured: ${layer.notMeasured}` }),
    ])
    made.addEventListener('click', () => this.#onOpen(layer.id))
    return made
  }
}
