import { measuredLayers } from '../../src/advice/verdict.ts'
import type { Thresholds } from '../../src/advice/verdictKind.ts'
import type { OfferedAction } from '../../src/presentation/actions/layerActions.ts'
import { noTraining } from '../../src/presentation/inherited.ts'
import type { RunState } from '../../src/run/state.ts'
import { element, setText } from '../ui/dom.ts'
import { LayerRow } from './layerRow.ts'
import { summarise } from '../../src/presentation/layer/summary.ts'
import { layerColor, type Theme } from '../ui/theme.ts'
import { UnmeasuredLayers } from './unmeasuredLayers.ts'

/** A bar per measured layer in the order of the forward pass; arrow keys move along it. */
export class LayerList {
  readonly element: HTMLElement
  readonly #list = element('ul', { class: 'layers', attributes: { 'aria-label': 'Layers in depth order' } })
  readonly #note = element('p', { class: 'note' })
  readonly #unmeasured: UnmeasuredLayers
  readonly #onOpen: (layer: string) => void
  readonly #onAct: (action: OfferedAction) => void
  #rows = new Map<string, LayerRow>()

  constructor(onOpen: (layer: string) => void, onAct: (action: OfferedAction) => void) {
    this.#onOpen = onOpen
    this.#onAct = onAct
    this.#unmeasured = new UnmeasuredLayers(onOpen)
    const heading = element('h2', { text: 'Saturation by layer' })
    this.element = element('section', { class: 'by-layer' }, [
      heading,
      this.#note,
      this.#list,
      this.#unmeasured.element,
    ])
    this.#list.addEventListener('keydown', (event) => this.#move(event))
  }

  /** Shows the run's latest. Rows are kept as long as the layers stay the same. */
  update(run: RunState, thresholds: Thresholds, selected: string | null, stale: ReadonlySet<string>): void {
    const layers = measuredLayers(run)
    const ids = layers.map((layer) => layer.id)
    if (ids.length !== this.#rows.size || ids.some((id) => !this.#rows.has(id))) this.#rebuild(ids)
    for (const layer of layers) {
      this.#rows.get(layer.id)?.update(summarise(run, layer, thresholds, stale.has(layer.id)), layer.id === selected)
    }
    this.#letTabReach(selected)
    this.#note.hidden = layers.length > 0
    const none = run.ended ? 'No layer was measured in this run.' : 'Waiting for the model’s first layer …'
    setText(this.#note, noTraining(run) ?? none)
    this.#unmeasured.update(run, selected)
  }

  /** Gives each row the colour of its line. */
  paint(theme: Theme): void {
    let index = 0
    for (const row of this.#rows.values()) row.paint(layerColor(theme, index++, this.#rows.size))
  }

  /** Brings a layer's row into view and gives it the focus. */
  reveal(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return this.#unmeasured.reveal(id)
    row.item.scrollIntoView({ block: 'nearest' })
    row.button.focus({ preventScroll: true })
  }

  #rebuild(ids: string[]): void {
    const before = this.#rows
    this.#rows = new Map(ids.map((id) => [id, before.get(id) ?? new LayerRow(() => this.#onOpen(id), this.#onAct)]))
    this.#list.replaceChildren(...[...this.#rows.values()].map((row) => row.item))
  }

  /** The list is one stop for the Tab key, however long it is. */
  #letTabReach(selected: string | null): void {
    const reachable = (selected === null ? null : this.#rows.get(selected)) ?? this.#rows.values().next().value
    for (const row of this.#rows.values()) row.button.tabIndex = row === reachable ? 0 : -1
  }

  #move(event: KeyboardEvent): void {
    const buttons = [...this.#rows.values()].map((row) => row.button)
    const at = buttons.findIndex((button) => button === document.activeElement)
    const last = buttons.length - 1
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key]
    if (target === undefined || at < 0) return
    event.preventDefault()
    buttons[Math.min(Math.max(target, 0), last)]?.focus()
  }
}
