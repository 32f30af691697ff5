import { measuredLayers } from '../src/advice/verdict.ts'
import type { Thresholds } from '../src/advice/verdictKind.ts'
import type { RunEvent } from '../src/protocol/events.ts'
import type { RunState } from '../src/run/state.ts'
import type { OfferedAction } from '../src/presentation/actions/layerActions.ts'
import type { EditorState } from '../src/presentation/panelMessages.ts'
import { noTraining } from '../src/presentation/inherited.ts'
import { definitionText } from '../src/presentation/definitionText.ts'
import { element, setText } from './ui/dom.ts'
import { Header } from './header.ts'
import { LayerList } from './layers/layerList.ts'
import { FieldStrip } from './charts/fieldStrip.ts'
import { MetricCharts } from './charts/metricCharts.ts'
import { Problems } from './problems.ts'
import { SaturationChart } from './charts/saturationChart.ts'
import { Compared } from './compared.ts'
import { SuggestionBox } from './suggestion.ts'
import { Trials } from './trials.ts'
import { readTheme } from './ui/theme.ts'

/** What the view can ask for. */
export interface RunActions {
  /** Select a layer and show the line that defines it. */
  open(layer: string): void
  /** Select a layer here only; null for none. */
  select(layer: string | null): void
  stop(): void
  run(): void
  chooseRun(): void
  act(action: OfferedAction): void
}

/** Everything shown of a run, top to bottom. */
export class RunView {
  readonly element: HTMLElement
  readonly #header: Header
  readonly #problems: Problems
  readonly #layers: LayerList
  readonly #trials = new Trials()
  readonly #suggestion: SuggestionBox
  readonly #compared: Compared
  readonly #saturation: SaturationChart
  readonly #fields: FieldStrip
  readonly #metrics = new MetricCharts()
  readonly #definition = element('p', { class: 'definition' })
  #repaint = true

  constructor(actions: RunActions) {
    this.#header = new Header(actions)
    this.#problems = new Problems(actions.open)
    this.#layers = new LayerList(actions.open, actions.act)
    this.#suggestion = new SuggestionBox(actions.act)
    this.#compared = new Compared(actions.act)
    this.#saturation = new SaturationChart(actions.select)
    this.#fields = new FieldStrip(actions.open)
    this.#layers.element.append(this.#definition, this.#compared.element, this.#trials.element)
    const charts = element('div', { class: 'charts' }, [
      this.#saturation.element,
      this.#fields.element,
      ...this.#metrics.elements,
    ])
    const body = element('div', { class: 'body' }, [this.#layers.element, charts])
    this.element = element('div', { class: 'run' }, [
      this.#header.element,
      this.#problems.element,
      this.#suggestion.element,
      body,
    ])
    this.element.addEventListener('keydown', (event) => event.key === 'Escape' && actions.select(null))
  }

  /** Makes the next update repaint every part, because the theme has changed. */
  repaint(): void {
    this.#repaint = true
  }

  /** Prepares for another run. */
  reset(): void {
    this.#header.reset()
  }

  /** @param training number of runs that train beside the one that is shown */
  tellOthers(training: number): void {
    this.#header.tellOthers(training)
  }

  /** Redraws the parts that events of these types touch. */
  update(
    run: RunState,
    thresholds: Thresholds,
    selected: string | null,
    editor: EditorState,
    changed: ReadonlySet<RunEvent['type']>,
    silentFor: number,
  ): void {
    const any = (...types: RunEvent['type'][]) => types.some((type) => changed.has(type))
    this.#header.update(run, thresholds, silentFor)
    this.#problems.update(run)
    if (any('attached', 'inherited', 'measured before', 'model', 'saturation', 'proof', 'probe', 'run ended')) {
      this.#layers.update(run, thresholds, selected, new Set(editor.stale))
      this.#suggestion.update(run, thresholds, editor)
      this.#compared.update(editor.comparison)
      setText(this.#definition, definitionText(run))
    }
    if (any('proof', 'projection', 'probe', 'exact', 'saturation', 'run ended')) this.#trials.update(run)
    // Empty axes are no use once the run has ended, nor where nothing is trained.
    this.#saturation.element.hidden =
      noTraining(run) !== null || (run.ended !== null && measuredLayers(run).length === 0)
    if (this.#repaint) this.#paint()
    if (any('model')) this.#layers.paint(readTheme())
    if (any('model', 'saturation')) this.#saturation.update(run, thresholds, selected)
    if (any('model')) this.#fields.update(run, selected)
    if (any('step', 'epoch')) this.#metrics.update(run)
  }

  /** Brings a layer's row into view. */
  reveal(layer: string): void {
    this.#layers.reveal(layer)
  }

  #paint(): void {
    this.#repaint = false
    const theme = readTheme()
    this.#layers.paint(theme)
    this.#saturation.paint(theme)
    this.#metrics.paint(theme)
    this.#trials.paint(theme)
  }
}
