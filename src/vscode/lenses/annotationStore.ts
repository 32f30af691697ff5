import type { Thresholds } from '../../advice/verdict.ts'
import { annotate, type Annotation } from './annotations.ts'
import { Definitions, type OpenDocument, type ReadFile } from './definitions.ts'
import type { ShownRun, ShownRuns } from '../shownRuns.ts'
import { showLayer } from '../../presentation/layerView.ts'
import type { Change } from '../../source/tracking/trackedText.ts'
import { titleOf } from '../../presentation/lensTitle.ts'

interface Followed {
  run: ShownRun
  definitions: Definitions
  unfollow: () => void
}

/** What the lenses show: the current run's layers, on the lines of open documents that define them now. */
export class AnnotationStore {
  readonly #runs: ShownRuns
  readonly #thresholds: () => Thresholds
  readonly #readFile: ReadFile
  readonly #changed: () => void
  readonly #unsubscribe: () => void
  #current: Followed | null = null
  /** Shown until the current run knows its layers: lenses that vanish and come back would move the text about. */
  #previous: Followed | null = null

  /** @param changed is called whenever annotations may differ from what they were */
  constructor(runs: ShownRuns, thresholds: () => Thresholds, readFile: ReadFile, changed: () => void) {
    this.#runs = runs
    this.#thresholds = thresholds
    this.#readFile = readFile
    this.#changed = changed
    this.#unsubscribe = runs.onDidChangeCurrent(() => this.#follow())
    this.#follow()
  }

  #follow(): void {
    const run = this.#runs.current
    if (run === (this.#current?.run ?? null)) return
    this.#current?.unfollow()
    if (this.#current && this.#current.run.state.layers.length > 0) this.#previous = this.#current
    this.#current = null
    if (run) {
      const definitions = new Definitions(run, this.#readFile, this.#changed)
      const unfollow = run.onEvents((events) => {
        if (events.some((event) => event.type === 'model')) void definitions.learn()
        this.#changed()
      })
      this.#current = { run, definitions, unfollow }
      void definitions.learn()
    }
    this.#changed()
  }

  #shown(): Followed | null {
    if (this.#current === null) return null
    return this.#current.run.state.layers.length > 0 ? this.#current : (this.#previous ?? this.#current)
  }

  /** The annotations of an open document, from its top. */
  annotations(document: OpenDocument): Annotation[] {
    const shown = this.#shown()
    if (!shown) return []
    return annotate(shown.run.state, shown.definitions.in(document), this.#thresholds())
  }

  /** Name, kind and title of layers that are shown, in the order asked for; unknown ids are left out. */
  describe(layerIds: readonly string[]): { id: string; name: string; kind: string; title: string | null }[] {
    const shown = this.#shown()
    return layerIds.flatMap((id) => {
      const layer = shown?.run.state.layers.find((known) => known.id === id)
      if (!shown || !layer) return []
      const title = titleOf(showLayer(shown.run.state, layer, this.#thresholds(), false))
      return [{ id, name: layer.name, kind: layer.kind, title }]
    })
  }

  /** Where the definition of a layer is in an open document now, line counted from 0; null when it is not there. */
  lineOf(layerId: string, document: OpenDocument): number | null {
    const definitions = this.#shown()?.definitions.in(document) ?? []
    return definitions.find(({ layers }) => layers.some((layer) => layer.id === layerId))?.line ?? null
  }

  /** Follows an edit. @param changes in offsets of the text before; `document` is what came of it. */
  edited(document: OpenDocument, changes: readonly Change[]): void {
    this.#current?.definitions.edited(document, changes)
    this.#previous?.definitions.edited(document, changes)
  }

  /** Forgets a closed document. */
  closed(document: OpenDocument): void {
    this.#current?.definitions.closed(document)
    this.#previous?.definitions.closed(document)
  }

  /** Stops following runs. */
  dispose(): void {
    this.#unsubscribe()
    this.#current?.unfollow()
  }
}
