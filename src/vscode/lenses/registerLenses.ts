import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdictKind.ts'
import type { AskSource } from '../../source/background/tasks.ts'
import type { CurrentRun } from '../currentRun.ts'
import { onDidChangeSettings } from '../settings.ts'
import { AnnotationStore } from './annotationStore.ts'
import { CODE_FILES, lensesEnabled, PACKAGE_FILES, readFromDisk } from './documents.ts'
import { layerLens } from './layerLens.ts'
import { Lenses } from './lensProvider.ts'
import { pickLayer } from './pickLayer.ts'
import { packageLenses, runLenses } from './runLenses.ts'
import { TrainingFiles } from './trainingFiles.ts'

/** What the rest of the extension can ask about the open documents. */
export interface RegisteredLenses extends vscode.Disposable {
  /** Line, counted from 0, that defines a layer in an open document now; null when the definition is not there. */
  lineOf(layerId: string, document: vscode.TextDocument): number | null
  /** Whether a line of a document, counted from 0, has numbers of a run. */
  hasNumbers(document: vscode.TextDocument, line: number): boolean
  /** Whether a document is a script that trains a model. */
  trains(document: vscode.TextDocument): boolean
  /** Lets the user choose one of several layers, and opens it in the panel. */
  pickLayer(layerIds: readonly string[]): Promise<void>
}

/**
 * Registers the lenses for layers, training scripts and package.json files, and keeps the context key
 * `saturation.fileTrains`. The lenses call commands that the caller has to register.
 * @param thresholds called at every refresh
 * @param ask asks about source files
 */
export function registerLenses(currentRun: CurrentRun, thresholds: () => Thresholds, ask: AskSource): RegisteredLenses {
  // The store may call back from its constructor, before `lenses` exists.
  const refresh = () => queueMicrotask(() => lenses.refresh())
  const store = new AnnotationStore(currentRun, thresholds, readFromDisk, ask, refresh)
  const files = new TrainingFiles(ask, refresh)
  const lenses = new Lenses((document) => {
    if (vscode.languages.match(PACKAGE_FILES, document) > 0) return packageLenses(document)
    if (vscode.languages.match(CODE_FILES, document) === 0 || !lensesEnabled(document)) return []
    return [
      ...runLenses(document, currentRun.state, files.trains(document)),
      ...store.annotations(document).map(layerLens),
    ]
  })
  const subscriptions: vscode.Disposable[] = [
    store,
    lenses,
    files,
    vscode.languages.registerCodeLensProvider([...CODE_FILES, PACKAGE_FILES], lenses),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      store.edited(document, contentChanges)
      lenses.checkSoon()
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      store.closed(document)
      lenses.closed(document)
    }),
    onDidChangeSettings(() => lenses.refresh()),
  ]
  return {
    lineOf: (layerId, document) => store.lineOf(layerId, document),
    hasNumbers: (document, line) => store.annotations(document).some((shown) => shown.line === line),
    trains: (document) => files.trains(document),
    pickLayer: (layerIds) => pickLayer(store, layerIds),
    dispose: () => subscriptions.forEach((subscription) => void subscription.dispose()),
  }
}
