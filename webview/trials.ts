import { compareWithExact } from '../src/comparison/exact/compareWithExact.ts'
import { describeExact, exactCells, exactSummary, EXACT_HEADING } from '../src/presentation/trials/exact.ts'
import { probedNetwork } from '../src/comparison/contribution/tail.ts'
import { describeProbe, probeNotes, tailWords } from '../src/presentation/trials/probe.ts'
import { layerProgress } from '../src/presentation/trials/layerProgress.ts'
import { describeProjection, smallestDeltas } from '../src/presentation/trials/projection.ts'
import { keptWide, namesOf, proofTable } from '../src/presentation/proof/proofTable.ts'
import { proofBasis, proofProgress } from '../src/presentation/proof/proofWords.ts'
import type { TableCells } from '../src/presentation/proof/tableCells.ts'
import type { RunningLayer } from '../src/protocol/trials/probe.ts'
import type { RunState } from '../src/run/state.ts'
import { ExactChart } from './charts/exactChart.ts'
import { ProbeChart } from './charts/probeChart.ts'
import { ProjectionChart } from './charts/projectionChart.ts'
import { element, setText } from './ui/dom.ts'
import { fillTable } from './ui/table.ts'
import type { Theme } from './ui/theme.ts'

/** What was tried in the trained network: narrower networks, projections and probes. Hidden where nothing was. */
export class Trials {
  readonly element: HTMLElement
  readonly #proof = new Trial('Narrower networks that keep what was learned')
  readonly #chart = new ProjectionChart()
  readonly #projection = new Trial(null, this.#chart.element)
  readonly #probeChart = new ProbeChart()
  readonly #probe = new Trial(null, this.#probeChart.element)
  readonly #exactChart = new ExactChart()
  readonly #exact = new Trial(EXACT_HEADING)

  constructor() {
    this.element = element('div', { class: 'trials' }, [
      this.#proof.element,
      this.#probe.element,
      this.#exactChart.element,
      this.#exact.element,
      this.#projection.element,
    ])
  }

  /** Takes over the theme's colours. */
  paint(theme: Theme): void {
    this.#chart.paint(theme)
    this.#probeChart.paint(theme)
    this.#exactChart.paint(theme)
  }

  /** Shows the run's latest results. */
  update(run: RunState): void {
    const { proof, projection, probe, layers } = run
    const nameOf = namesOf(layers)
    this.element.hidden = proof === null && projection === null && probe === null && run.exact === null
    this.#proof.update(
      proof && {
        cells: proofTable(proof, nameOf),
        below: proofBasis(proof),
        list: keptWide(proof, nameOf),
        running:
          proof.phase === 'running'
            ? `More is being tried: ${proofProgress(proof)}. Stop ends it with this result.`
            : null,
      },
    )
    this.#probeChart.update(run)
    const network = probedNetwork(run)
    const wordsOf = (running: RunningLayer | null | undefined) =>
      run.ended || !running ? null : layerProgress(running)
    const probing = wordsOf(probe?.running)
    const measuring = wordsOf(run.exact?.running)
    this.#probe.update(
      network && {
        cells: null,
        below: [describeProbe(network), ...probeNotes(network)],
        list: tailWords(network),
        running: probing === null ? null : `Probing ${probing} …`,
      },
    )
    const exact = compareWithExact(run)
    this.#exactChart.update(run)
    this.#exact.update(
      exact && {
        cells: exactCells(exact),
        below: [exactSummary(exact), describeExact(exact), ...exact.notes],
        list: [],
        running: measuring === null ? null : `Measuring ${measuring} …`,
      },
    )
    this.#chart.update(projection)
    this.#projection.update(
      projection && {
        cells: null,
        below: [describeProjection(projection), ...projection.notes],
        list: smallestDeltas(projection),
        running: projection.done ? null : 'More is being tried …',
      },
    )
  }
}

/** What one section shows. */
interface Result {
  /** Null where the results are drawn. */
  cells: TableCells | null
  /** Sentences below the table. */
  below: string[]
  /** A sentence for each layer, of which there may be hundreds. */
  list: string[]
  /** What is being done; null once everything was tried. */
  running: string | null
}

/** A heading with a table, or a chart in their place; and sentences. */
class Trial {
  readonly element: HTMLElement
  readonly #table: HTMLTableElement
  readonly #below = element('p', { class: 'remark' })
  readonly #list = element('ul', { class: 'remark', attributes: { tabindex: '0' } })
  readonly #running = element('p', { class: 'remark' })
  #shown = ''

  constructor(heading: string | null, chart?: HTMLElement) {
    this.#table = element('table', { attributes: { 'aria-label': heading ?? '' } })
    const attributes = { tabindex: '0', role: 'region', 'aria-label': heading ?? '' }
    const scroller = element('div', { class: 'scroller', attributes }, [this.#table])
    const results = chart ? [chart] : [element('h2', { text: heading ?? '' }), scroller]
    this.element = element('section', { class: 'trial' }, [...results, this.#running, this.#below, this.#list])
  }

  update(result: Result | null): void {
    this.element.hidden = result === null
    if (!result) return
    const shown = JSON.stringify(result)
    if (shown === this.#shown) return
    this.#shown = shown
    if (result.cells) fillTable(this.#table, result.cells)
    setText(this.#below, result.below.join(' '))
    this.#list.replaceChildren(...result.list.map((text) => element('li', { text })))
    this.#list.hidden = result.list.length === 0
    this.#running.hidden = result.running === null
    setText(this.#running, result.running ?? '')
  }
}
