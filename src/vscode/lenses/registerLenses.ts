import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdictKind.ts'
import type { RunState } from '../../run/state.ts'
import type { AskSource } from '../../source/background/tasks.ts'
import type { CurrentRun } from '../currentRun.ts'
import { HintCodeActions } from '../hints/codeActions.ts'
import { hiddenIn, ignoredLayers } from '../hints/hidden.ts'
import { hintSettings } from '../hints/hintSettings.ts'
import { HintHover } from '../hints/hover.ts'
import { HintMarks } from '../hints/marks.ts'
import { onDidChangeSettings } from '../settings.ts'
import type { Annotation, ComparedOf } from './annotations.ts'
import { AnnotationStore } from './annotationStore.ts'
import { CODE_FILES, CONFIGURATION_FILES, lensesEnabled, PACKAGE_FILES, readFromDisk } from './documents.ts'
import { layerLenses } from './layerLens.ts'
import { Lenses } from './lensProvider.ts'
import { pickLayer } from './pickLayer.ts'
import { packageLenses, runLenses } from './runLenses.ts'
import { TrainingFiles } from './trainingFiles.ts'

/** What the rest of the extension can ask about the open documents. */
export interface RegisteredLenses extends vscode.Disposable {
  /** The run whose layers are shown; null while there is none. */
  readonly run: RunState | null
  /** Whether a document differs from what the shown run was started with; null where that is not known. */
  isChanged(document: vscode.TextDocument): boolean | null
  /** Ids of the shown run's layers whose definition, or what is behind its width, was edited since. */
  stale(): string[]
  /** Ids of the shown run's layers whose hints a person does not want. */
  ignored(): string[]
  /** Shows what has changed. */
  refresh(): void
  /** Calls back whenever something shown may have changed. @returns a function that unsubscribes. */
  onDidChange(listener: () => void): () => void
  /** Where a document constructs a layer now, line and column counted from 1; null when the definition is not there. */
  siteNow(layerId: string, document: vscode.TextDocument): { line: number; column: number } | null
  /** What is shown of a document, from top to bottom. */
  annotations(document: vscode.TextDocument): Annotation[]
  /** Line, counted from 0, that defines a layer in an open document now; null when the definition is not there. */
  lineOf(layerId: string, document: vscode.TextDocument): number | null
  /** What the hover of a line, counted from 0, says of a run; null where it has no numbers of one. */
  explanationAt(document: vscode.TextDocument, line: number): readonly string[] | null
  /** Whether a document is a script that trains a model. */
  trains(document: vscode.TextDocument): boolean
  /** Lets the user choose one of several layers, and opens it in the panel. */
  pickLayer(layerIds: readonly string[]): Promise<void>
}

/** What hints need beside the run. */
interface HintParts {
  /** Folder of the icons beside lines. */
  media: vscode.Uri
  /** What a change of a layer's width has done. */
  comparedOf: ComparedOf
  /** Settles when no other extension is about to register lenses; ours would ignore clicks for a while. */
  othersStarted: Promise<void>
}

/**
 * Registers the lenses for layers, training scripts and package.json files, and keeps the context key
 * `saturation.fileTrains`. The lenses call commands that the caller has to register.
 * @param thresholds called at every refresh
 * @param ask asks about source files
 */
export function registerLenses(
  currentRun: CurrentRun,
  thresholds: () => Thresholds,
  ask: AskSource,
  { media, comparedOf, othersStarted }: HintParts,
): RegisteredLenses {
  const listeners = new Set<() => void>()
  const refreshNow = (): void => {
    lenses.refresh()
    marks.refresh()
    for (const listener of listeners) listener()
  }
  // The store may call back from its constructor, before `lenses` exists.
  const refresh = (): void => queueMicrotask(refreshNow)
  const store = new AnnotationStore(currentRun, thresholds, { read: readFromDisk, open: openFiles }, ask, refresh)
  const annotations = (document: vscode.TextDocument): Annotation[] =>
    vscode.languages.match(CODE_FILES, document) === 0
      ? []
      : store.annotations(document, hiddenIn(document), comparedOf)
  const marks = new HintMarks(annotations, media)
  const files = new TrainingFiles(ask, refresh)
  const lenses = new Lenses((document) => {
    if (vscode.languages.match(PACKAGE_FILES, document) > 0) return packageLenses(document)
    if (vscode.languages.match(CODE_FILES, document) === 0 || !lensesEnabled(document)) return []
    return [
      ...runLenses(document, currentRun.state, files.trains(document)),
      ...(hintSettings(document).has('lens') ? annotations(document).flatMap(layerLenses) : []),
    ]
  })
  const subscriptions: vscode.Disposable[] = [
    store,
    lenses,
    marks,
    files,
    vscode.languages.registerHoverProvider(CODE_FILES, new HintHover(annotations)),
    vscode.languages.registerCodeActionsProvider(
      CODE_FILES,
      new HintCodeActions(annotations),
      HintCodeActions.metadata,
    ),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      store.edited(document, contentChanges)
      lenses.checkSoon()
      marks.refresh()
      for (const listener of listeners) listener()
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      store.closed(document)
      lenses.closed(document)
      marks.closed(document)
    }),
    onDidChangeSettings(refresh),
  ]
  let disposed = false
  void othersStarted.then(() => {
    if (!disposed) subscriptions.push(vscode.languages.registerCodeLensProvider([...CODE_FILES, PACKAGE_FILES], lenses))
  })
  return {
    get run() {
      return store.run
    },
    annotations,
    isChanged: (document) => store.isChanged(document),
    stale: () => store.stale(),
    ignored: () => (store.run ? ignoredLayers(store.run, (id, document) => store.lineOf(id, document)) : []),
    refresh,
    onDidChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    siteNow: (layerId, document) => store.siteNow(layerId, document),
    lineOf: (layerId, document) => store.lineOf(layerId, document),
    explanationAt: (document, line) =>
      store.annotations(document).find((shown) => shown.line === line)?.explanation ?? null,
    trains: (document) => files.trains(document),
    pickLayer: (layerIds) => pickLayer(store, layerIds),
    dispose: () => {
      disposed = true
      subscriptions.forEach((subscription) => void subscription.dispose())
    },
  }
}

/** The open files that a program may consist of. */
function openFiles(): vscode.TextDocument[] {
  const selector = [...CODE_FILES, CONFIGURATION_FILES]
  return vscode.workspace.textDocuments.filter((document) => vscode.languages.match(selector, document) > 0)
}
