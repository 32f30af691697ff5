import type { OfferedAction } from '../src/presentation/actions/layerActions.ts'
import { CHOOSE_METRIC, REPEAT } from '../src/presentation/actions/modelActions.ts'
import type { EditorState } from '../src/presentation/panelMessages.ts'
import { ActionButtons } from './ui/actionButtons.ts'
import { element, setText } from './ui/dom.ts'
import { fillTable } from './ui/table.ts'

const HEADING = 'Before and after'

/** The run beside the one before the change. Hidden where it is compared with none. */
export class Compared {
  readonly element: HTMLElement
  readonly #table = element('table', { attributes: { 'aria-label': HEADING } })
  readonly #sentences = element('p', { class: 'remark' })
  readonly #actions: ActionButtons
  #shown = ''

  constructor(onAct: (action: OfferedAction) => void) {
    this.#actions = new ActionButtons(onAct)
    const attributes = { tabindex: '0', role: 'region', 'aria-label': HEADING }
    const scroller = element('div', { class: 'scroller', attributes }, [this.#table])
    const children = [element('h2', { text: HEADING }), scroller, this.#sentences, this.#actions.element]
    this.element = element('section', { class: 'trial compared' }, children)
    this.element.hidden = true
  }

  update(comparison: EditorState['comparison']): void {
    this.element.hidden = comparison === null
    const shown = JSON.stringify(comparison)
    if (!comparison || shown === this.#shown) return
    this.#shown = shown
    fillTable(this.#table, comparison.table)
    setText(this.#sentences, comparison.sentences.join(' '))
    const { repeatable, hasOtherMetrics } = comparison
    this.#actions.update([...(repeatable ? [REPEAT] : []), ...(hasOtherMetrics ? [CHOOSE_METRIC] : [])])
  }
}
