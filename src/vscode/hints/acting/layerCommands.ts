import * as vscode from 'vscode'
import { changesTo, triedChanges, type WidthChange } from '../../../advice/widthChange.ts'
import type { Thresholds } from '../../../advice/verdictKind.ts'
import type { ActionId } from '../../../presentation/actions/layerActions.ts'
import { summarise, type LayerSummary } from '../../../presentation/layer/summary.ts'
import type { RunState } from '../../../run/state.ts'
import type { RegisteredLenses } from '../../lenses/registerLenses.ts'
import { ignoreHint } from './ignoreHint.ts'
import { pickLayers } from './pickLayers.ts'
import type { Trials } from './trials.ts'
import type { WidthEditing } from './widthEditing.ts'

/** What the commands of hints need of the rest of the extension. */
export interface LayerCommandParts {
  lenses: RegisteredLenses
  thresholds: () => Thresholds
  editing: WidthEditing
  trials: Trials
  /** Shows a layer's evidence in the panel. */
  reveal: (layer: string) => Promise<void>
}

/** The commands behind the actions of hints. Without ids of layers, each asks for the layer. */
export class LayerCommands {
  readonly #parts: LayerCommandParts

  constructor(parts: LayerCommandParts) {
    this.#parts = parts
  }

  /** Writes the proven widths of layers into the code. */
  async use(ids?: string[], width?: number | null): Promise<void> {
    const chosen = await this.#chosen('use', ids)
    if (chosen) await this.change(chosen.run, this.#changes(chosen, 'use', width))
  }

  /** Trains once with other widths, without a change of the code. */
  async tryOut(ids?: string[], width?: number | null): Promise<void> {
    const chosen = await this.#chosen('try', ids)
    if (chosen) await this.#parts.trials.start(this.#changes(chosen, 'try', width))
  }

  /** Writes all widths that the shown run has tried into the code. */
  async apply(): Promise<void> {
    const { run } = this.#parts.lenses
    if (run) await this.change(run, triedChanges(run))
  }

  /** Shows what a hint rests on. */
  async why(ids?: string[]): Promise<void> {
    const chosen = await this.#chosen('why', ids)
    const [only, ...others] = chosen?.ids ?? []
    if (only === undefined) return
    if (others.length > 0) await this.#parts.lenses.pickLayer([only, ...others])
    else await this.#parts.reveal(only)
  }

  /** Hides a hint: for the layer, its file, or always. */
  async ignore(ids?: string[]): Promise<void> {
    const chosen = await this.#chosen('ignore', ids)
    if (!chosen) return
    const layers = chosen.summaries.map((summary) => {
      const site = chosen.run.layers.find(({ id }) => id === summary.id)?.site
      return { summary, file: site?.file ?? null }
    })
    await ignoreHint(layers, (layer, document) => this.#parts.lenses.lineOf(layer, document))
  }

  /** Changes widths in the code, and notes that the next run is to be compared with the shown one. */
  async change(run: RunState, changes: readonly WidthChange[], preview = false): Promise<void> {
    const { lenses, editing, trials } = this.#parts
    const isChanged = (document: vscode.TextDocument) => lenses.isChanged(document) ?? false
    const siteNow = (layer: string, document: vscode.TextDocument) => lenses.siteNow(layer, document)
    if (await editing.change({ run, isChanged, siteNow }, changes, preview)) await trials.applied()
  }

  async #chosen(action: ActionId, ids: unknown): Promise<Chosen | null> {
    const { lenses, thresholds } = this.#parts
    const { run } = lenses
    if (!run) return null
    const all = run.layers.map((layer) => summarise(run, layer, thresholds()))
    const known = Array.isArray(ids) ? ids : await pickLayers(action, all, (document) => lenses.annotations(document))
    const summaries = all.filter(({ id }) => known?.includes(id))
    return summaries.length === 0 ? null : { run, ids: summaries.map(({ id }) => id), summaries }
  }

  #changes({ run, summaries }: Chosen, action: ActionId, width: unknown): WidthChange[] {
    const changes = new Map<string, WidthChange>()
    for (const { id, actions } of summaries) {
      const layer = run.layers.find((each) => each.id === id)
      const to = typeof width === 'number' ? width : actions.find((each) => each.id === action)?.width
      if (!layer || to === undefined || to === null) continue
      for (const change of changesTo(run, layer, to)) changes.set(change.layer, change)
    }
    return [...changes.values()]
  }
}

/** The layers that a command is for. */
interface Chosen {
  run: RunState
  ids: string[]
  summaries: LayerSummary[]
}
