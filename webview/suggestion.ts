import { suggestionOf } from '../src/presentation/actions/suggestion.ts'
import type { OfferedAction } from '../src/presentation/actions/layerActions.ts'
import type { Thresholds } from '../src/advice/verdictKind.ts'
import type { EditorState } from '../src/presentation/panelMessages.ts'
import type { RunState } from '../src/run/state.ts'
import { ActionButtons } from './ui/actionButtons.ts'
import { button, element, setText } from './ui/dom.ts'

/** The one thing that is most worth doing after a run. A person can put it away, for this run. */
export class SuggestionBox {
  readonly element: HTMLElement
  readonly #words = element('p')
  readonly #actions: ActionButtons
  /** What was put away. */
  #dismissed = ''
  #shown = ''

  constructor(onAct: (action: OfferedAction) => void) {
    this.#actions = new ActionButtons(onAct)
    const dismiss = button('×', () => this.#dismiss(), 'dismiss')
    dismiss.setAttribute('aria-label', 'Put the suggestion away')
    const attributes = { 'aria-label': 'Suggestion' }
    this.element = element('section', { class: 'suggestion', attributes }, [
      dismiss,
      this.#words,
      this.#actions.element,
    ])
    this.element.hidden = true
  }

  update(run: RunState, thresholds: Thresholds, { stale, ignored }: EditorState): void {
    const suggestion = suggestionOf(run, thresholds, new Set(stale), new Set(ignored))
    this.#shown = suggestion ? `${run.startedAt} ${suggestion.words}` : ''
    this.element.hidden = suggestion === null || this.#shown === this.#dismissed
    setText(this.#words, suggestion?.words ?? '')
    this.#actions.update(suggestion?.actions ?? [])
  }

  #dismiss(): void {
    this.#dismissed = this.#shown
    this.element.hidden = true
  }
}
