import * as vscode from 'vscode'
import { Pace } from '../views/pace.ts'
import type { Annotation } from './annotations.ts'
import type { AnnotationStore } from './annotationStore.ts'
import { lensesEnabled } from './documents.ts'

/** Least time between two refreshes, in milliseconds: a title that changes faster cannot be read. */
const REFRESH_MS = 1000

/** Writes what the annotation store holds above the lines it names. */
export class LayerLenses implements vscode.CodeLensProvider {
  readonly #store: AnnotationStore
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCodeLenses = this.#changed.event
  /** What was last shown, by document. */
  readonly #shown = new Map<vscode.TextDocument, string>()
  readonly #refresh = new Pace(REFRESH_MS, () => this.#fireIfChanged())

  constructor(store: AnnotationStore) {
    this.#store = store
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const annotations = this.#annotations(document)
    this.#shown.set(document, rendered(annotations))
    return annotations.map(({ line, title, tooltip, layerIds }) => {
      const [only, ...others] = layerIds
      const one = others.length === 0
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title,
        tooltip,
        command: one ? 'saturation.openLayer' : 'saturation.pickLayer',
        arguments: [one ? only : layerIds],
      })
    })
  }

  /** Has the lenses asked for again, soon, if any would read differently. */
  refresh(): void {
    this.#refresh.request()
  }

  /** Forgets a closed document. */
  closed(document: vscode.TextDocument): void {
    this.#shown.delete(document)
  }

  dispose(): void {
    this.#refresh.cancel()
    this.#changed.dispose()
  }

  #annotations(document: vscode.TextDocument): Annotation[] {
    return lensesEnabled(document) ? this.#store.annotations(document) : []
  }

  #fireIfChanged(): void {
    // What is visible, and not what was asked for: a document that changes its language is closed and opened again, and
    // VS Code need not ask anew.
    const differs = vscode.window.visibleTextEditors.some(
      ({ document }) => rendered(this.#annotations(document)) !== (this.#shown.get(document) ?? ''),
    )
    if (differs) this.#changed.fire()
  }
}

function rendered(annotations: readonly Annotation[]): string {
  return annotations.map(({ line, title }) => `${line} ${title}`).join('\n')
}
