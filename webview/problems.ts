import type { RunState } from '../src/run/state.ts'
import { number, pluralise } from '../src/presentation/numbers.ts'
import { element, setText } from './ui/dom.ts'
import { icon } from './ui/icons.ts'

/** The run's problems, each with what to do; hidden while there are none. */
export class Problems {
  readonly element: HTMLElement
  readonly #heading = element('h2')
  readonly #list = element('ul')
  readonly #onOpen: (layer: string) => void
  #shown = '[]'

  constructor(onOpen: (layer: string) => void) {
    this.#onOpen = onOpen
    this.element = element('section', { class: 'problems' }, [this.#heading, this.#list])
    this.element.hidden = true
  }

  /** Shows the run's problems; a repeated one has its count. */
  update(run: RunState): void {
    const shown = JSON.stringify(run.problems.map((problem) => [problem.layer, problem.message, problem.times]))
    if (shown === this.#shown) return
    this.#shown = shown
    this.element.hidden = run.problems.length === 0
    setText(this.#heading, pluralise(run.problems.length, 'problem'))
    this.#list.replaceChildren(...run.problems.map((problem) => this.#item(problem, run)))
  }

  #item({ layer, message, advice, times }: RunState['problems'][number], run: RunState): HTMLElement {
    const text = element('div', {}, [
      element('p', { text: times > 1 ? `${message} (${number(times)} times)` : message }),
      element('p', { class: 'advice', text: advice }),
    ])
    const name = run.layers.find((known) => known.id === layer)?.name ?? layer
    if (layer !== null && name !== null) {
      const link = element('button', { class: 'link', text: `Show ${name}`, attributes: { type: 'button' } })
      link.addEventListener('click', () => this.#onOpen(layer))
      text.append(link)
    }
    return element('li', {}, [icon('problem'), text])
  }
}
