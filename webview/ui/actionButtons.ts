import type { OfferedAction } from '../../src/presentation/actions/layerActions.ts'
import { button, element } from './dom.ts'

/** Buttons for what can be done, the first as the one to take. Hidden where nothing can be done. */
export class ActionButtons {
  readonly element = element('div', { class: 'actions' })
  readonly #onAct: (action: OfferedAction) => void
  #shown = ''

  constructor(onAct: (action: OfferedAction) => void) {
    this.#onAct = onAct
    this.element.hidden = true
  }

  /** Shows these actions. Buttons stay as long as the actions are the same, so that no click is lost. */
  update(actions: readonly OfferedAction[]): void {
    const shown = JSON.stringify(actions)
    if (shown === this.#shown) return
    this.#shown = shown
    this.element.hidden = actions.length === 0
    const buttons = actions.map((action, index) => {
      const made = button(action.title, () => this.#onAct(action), index === 0 ? 'primary' : '')
      made.title = action.tooltip
      return made
    })
    this.element.replaceChildren(...buttons)
  }
}
