import type { Thresholds } from '../../advice/verdictKind.ts'
import { lensTitle } from '../../presentation/layer/lensTitle.ts'
import { summarise } from '../../presentation/layer/summary.ts'
import type { RunState } from '../../run/state.ts'
import type { AskSource } from '../../source/background/tasks.ts'
import type { Change } from '../../source/tracking/trackedText.ts'
import type { CurrentRun, CurrentRunChange } from '../currentRun.ts'
import { annotate, type Annotation, type ComparedOf, type IsHidden } from './annotations.ts'
import { Definitions, type OpenDocument, type Files } from './definitions.ts'

/** How long nothing may be typed before what is behind the widths is compared, in milliseconds. */
const COMPARED_AFTER_MS = 300

interface ShownRun {
  run: RunState
  definitions: Definitions
}

/** The content of the lenses: the current run's layers, on the lines of open documents that define them now. */
export class AnnotationStore {
  readonly #currentRun: CurrentRun
  readonly #thresholds: () => Thresholds
  readonly #files: Files
  readonly #ask: AskSource
  readonly #onDidChange: () => void
  readonly #unsubscribe: () => void
  #current: ShownRun | null = null
  /**
   * The last run that had layers. It is shown until the current run has layers, because lenses that disappear and come
   * back move the text up and down.
   */
  #previous: ShownRun | null = null
  #comparison: NodeJS.Timeout | undefined

  /** @param onDidChange called whenever the annotations may have changed */
  constructor(
    currentRun: CurrentRun,
    thresholds: () => Thresholds,
    files: Files,
    ask: AskSource,
    onDidChange: () => void,
  ) {
    this.#currentRun = currentRun
    this.#thresholds = thresholds
    this.#files = files
    this.#ask = ask
    this.#onDidChange = onDidChange
    this.#unsubscribe = currentRun.onDidChange((change) => this.#handleChange(change))
    this.#showCurrentRun()
  }

  #handleChange(change: CurrentRunChange): void {
    if (change.type === 'switched') return this.#showCurrentRun()
    if (change.events.some(({ type }) => type === 'model')) void this.#current?.definitions.readNewFiles()
    this.#onDidChange()
  }

  #showCurrentRun(): void {
    const run = this.#currentRun.state
    if (run === (this.#current?.run ?? null)) return
    if (this.#current && this.#current.run.layers.length > 0) this.#previous = this.#current
    this.#current = run && { run, definitions: new Definitions(run, this.#files, this.#ask, this.#onDidChange) }
    void this.#current?.definitions.readNewFiles()
    this.#onDidChange()
  }

  #shown(): ShownRun | null {
    if (this.#current === null) return null
    return this.#current.run.layers.length > 0 ? this.#current : (this.#previous ?? this.#current)
  }

  /** The run whose layers are shown; null while there is none. */
  get run(): RunState | null {
    return this.#shown()?.run ?? null
  }

  /** The annotations of an open document, from top to bottom. */
  annotations(document: OpenDocument, isHidden?: IsHidden, comparedOf?: ComparedOf): Annotation[] {
    const shown = this.#shown()
    if (!shown) return []
    return annotate(shown.run, shown.definitions.in(document), this.#thresholds(), isHidden, comparedOf)
  }

  /** Name, kind and lens title of layers, in the order of their ids. Ids of layers that are not shown are left out. */
  describe(layerIds: readonly string[]): { id: string; name: string; kind: string; title: string | null }[] {
    const shown = this.#shown()
    const stale = shown?.definitions.stale()
    return layerIds.flatMap((id) => {
      const layer = shown?.run.layers.find((known) => known.id === id)
      if (!shown || !layer) return []
      const title = lensTitle(summarise(shown.run, layer, this.#thresholds(), stale?.has(id)))
      return [{ id, name: layer.name, kind: layer.kind, title }]
    })
  }

  /** Line, counted from 0, that defines a layer in an open document now; null when the definition is not there. */
  lineOf(layerId: string, document: OpenDocument): number | null {
    const definitions = this.#shown()?.definitions.in(document) ?? []
    return definitions.find(({ layers }) => layers.some((layer) => layer.id === layerId))?.line ?? null
  }

  /** Whether a document differs from what the shown run was started with; null where that is not known. */
  isChanged(document: OpenDocument): boolean | null {
    return this.#shown()?.definitions.isChanged(document) ?? null
  }

  /** Ids of the layers whose definition, or what is behind its width, was edited since the shown run started. */
  stale(): string[] {
    return [...(this.#shown()?.definitions.stale() ?? [])]
  }

  /** Where a document constructs a layer now, line and column counted from 1; null when the definition is not there. */
  siteNow(layerId: string, document: OpenDocument): { line: number; column: number } | null {
    return this.#shown()?.definitions.siteNow(layerId, document) ?? null
  }

  /** Tracks an edit. @param document as it is after the edit. @param changes in offsets of the text before it. */
  edited(document: OpenDocument, changes: readonly Change[]): void {
    this.#current?.definitions.edited(document, changes)
    this.#previous?.definitions.edited(document, changes)
    if (this.#files.open().some(({ fileName }) => fileName === document.fileName)) this.#compareSoon()
  }

  /** Stops tracking a closed document. */
  closed(document: OpenDocument): void {
    this.#current?.definitions.closed(document)
    this.#previous?.definitions.closed(document)
    // What was not saved is gone.
    this.#compareSoon()
  }

  #compareSoon(): void {
    clearTimeout(this.#comparison)
    this.#comparison = setTimeout(() => void this.#shown()?.definitions.compareWidths(), COMPARED_AFTER_MS)
  }

  dispose(): void {
    clearTimeout(this.#comparison)
    this.#unsubscribe()
  }
}
