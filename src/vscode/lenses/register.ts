import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdict.ts'
import { AnnotationStore } from './annotationStore.ts'
import { CODE_FILES, readFromDisk } from './documents.ts'
import { layerLens } from './layerLens.ts'
import { Lenses } from './lensProvider.ts'
import { PACKAGE_FILES, packageLenses } from './packageLenses.ts'
import { pickLayer } from './pickLayer.ts'
import { runLenses } from './runLens.ts'
import type { ShownRuns } from '../shownRuns.ts'
import { TrainingFiles } from './trainingFiles.ts'

/** What the rest of the extension may ask of the editor. */
export interface Editor extends vscode.Disposable {
  /** Line, counted from 0, that defines a layer in an open document now; null when it is not there any more. */
  lineOf(layerId: string, document: vscode.TextDocument): number | null
  /** Whether a document is a script that trains a model. */
  trains(document: vscode.TextDocument): boolean
}

/**
 * Puts lenses, the command `saturation.pickLayer` and the context key `saturation.fileTrains` in place. The commands
 * `saturation.run` (uri), `saturation.stop` and `saturation.openLayer` (layer id), which the lenses call, are others'.
 * @param thresholds is asked at every refresh
 */
export function registerEditor(runs: ShownRuns, thresholds: () => Thresholds): Editor {
  // The store may tell of a run that is on before there are lenses to refresh.
  const store = new AnnotationStore(runs, thresholds, readFromDisk, () => queueMicrotask(() => lenses.refresh()))
  const files = new TrainingFiles()
  const lenses = new Lenses((document) => [
    ...runLenses(document, runs.current?.state ?? null, files.trains(document)),
    ...store.annotations(document).map(layerLens),
  ])
  const subscriptions: vscode.Disposable[] = [
    store,
    lenses,
    files,
    vscode.languages.registerCodeLensProvider(CODE_FILES, lenses),
    vscode.languages.registerCodeLensProvider(PACKAGE_FILES, packageLenses),
    vscode.commands.registerCommand('saturation.pickLayer', (ids: string[]) => pickLayer(store, ids)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      store.edited(document, contentChanges)
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      store.closed(document)
      lenses.closed(document)
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('saturation')) lenses.refresh()
    }),
  ]
  return {
    lineOf: (layerId, document) => store.lineOf(layerId, document),
    trains: (document) => files.trains(document),
    dispose: () => subscriptions.forEach((subscription) => void subscription.dispose()),
  }
}
