import type * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdictKind.ts'
import { compareRuns, type Comparison } from '../../comparison/compareRuns.ts'
import { beforeAfter } from '../../presentation/comparison/beforeAfter.ts'
import { comparisonTable } from '../../presentation/comparison/comparisonTable.ts'
import { comparisonNotes } from '../../presentation/comparison/comparisonWords.ts'
import type { EditorState } from '../../presentation/panelMessages.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import type { CurrentRun, CurrentRunChange } from '../currentRun.ts'
import type { ComparedRuns } from '../launching/comparedRuns.ts'
import { chosenMetric } from '../settings.ts'

/** The shown run beside the one before the change, once it has ended. */
export class BeforeAfter implements vscode.Disposable {
  readonly #currentRun: CurrentRun
  readonly #compared: ComparedRuns
  readonly #thresholds: () => Thresholds
  readonly #onDidChange: () => void
  readonly #unsubscribe: () => void
  /** What is shown, and the run for which it holds. */
  #shown: { run: RunState; comparison: Comparison } | null = null

  /** @param onDidChange called when another comparison is shown */
  constructor(currentRun: CurrentRun, compared: ComparedRuns, thresholds: () => Thresholds, onDidChange: () => void) {
    this.#currentRun = currentRun
    this.#compared = compared
    this.#thresholds = thresholds
    this.#onDidChange = onDidChange
    this.#unsubscribe = currentRun.onDidChange((change) => this.#handle(change))
    void this.#compare()
  }

  /** What a change has done, for the line of a layer of a run; null where the run is not compared. */
  lineOf(run: RunState, layer: LayerState): string | null {
    return this.#shown?.run === run ? beforeAfter(this.#shown.comparison, layer) : null
  }

  /** The comparison as the panel shows it; null where the run is not compared. */
  get forPanel(): EditorState['comparison'] {
    if (!this.#shown) return null
    const { comparison } = this.#shown
    const { head, rows } = comparisonTable(comparison)
    const sentences = comparisonNotes(comparison)
    const repeatable = comparison.metric !== null && (comparison.networks.at(-1)?.runs ?? 0) < 3
    const hasOtherMetrics = comparison.known.length > 1
    return { table: { head: [...head], rows: rows.map((row) => [...row]) }, sentences, repeatable, hasOtherMetrics }
  }

  /** The metrics that the compared runs report, and the one by which they are compared; none where none are. */
  get metrics(): { known: readonly string[]; shown: string | null } {
    const { known = [], metric = null } = this.#shown?.comparison ?? {}
    return { known, shown: metric?.name ?? null }
  }

  /** Compares anew, after another metric was chosen. */
  refresh(): void {
    void this.#compare()
  }

  dispose(): void {
    this.#unsubscribe()
  }

  #handle(change: CurrentRunChange): void {
    if (change.type === 'switched' || change.events.some(({ type }) => type === 'run ended')) void this.#compare()
  }

  async #compare(): Promise<void> {
    const run = this.#currentRun.state
    const compared = run?.ended?.how === 'completed' ? await this.#compared.compared() : null
    // Another run may be shown by now.
    if (run !== this.#currentRun.state) return
    if (!compared && !this.#shown) return
    this.#shown = run && compared && { run, comparison: this.#comparison(compared.before, compared.after) }
    this.#onDidChange()
  }

  #comparison(before: RunState, after: RunState[]): Comparison {
    const networks = [
      { name: 'before', runs: [before] },
      { name: 'after', runs: after },
    ]
    const thresholds = this.#thresholds()
    const comparison = compareRuns(networks, { thresholds, metric: chosenMetric() })
    // The chosen metric may be that of another script.
    return comparison.metric ? comparison : compareRuns(networks, { thresholds })
  }
}
