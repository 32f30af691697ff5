import { button, element } from './ui/dom.ts'

/** What to do when there is no run yet. */
export function emptyState(onRun: () => void): HTMLElement {
  return element('section', { class: 'empty' }, [
    element('h1', { text: 'No run yet' }),
    element('p', {
      text: 'Open a script that trains a model with TensorFlow.js and run it here. It needs no changes: while it trains, this panel shows how much of each layer’s width is used.',
    }),
    button('Run current file', onRun, 'primary'),
  ])
}
