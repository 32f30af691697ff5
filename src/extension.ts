import path from 'node:path'
import * as vscode from 'vscode'
import { widthsToRemember } from './advice/widthsToRemember.ts'
import type { RunSource } from './mcp/runSource.ts'
import type { RunState } from './run/state.ts'
import { Runs } from './runner/runs.ts'
import { clearLeftovers } from './runner/transport/leftovers.ts'
import { SourceThread } from './source/background/sourceThread.ts'
import { registerLanguageModelTools } from './vscode/assistants/languageModelTools.ts'
import { offerMcpServer } from './vscode/assistants/mcpServer.ts'
import { registerCommands } from './vscode/commands.ts'
import { CurrentRun } from './vscode/currentRun.ts'
import { ACTION_COMMANDS } from './vscode/hints/actionCommands.ts'
import { LayerCommands } from './vscode/hints/acting/layerCommands.ts'
import { offerRunAgain, rightSize } from './vscode/hints/acting/rightSize.ts'
import { Trials } from './vscode/hints/acting/trials.ts'
import { WidthEditing } from './vscode/hints/acting/widthEditing.ts'
import { AutoAttach } from './vscode/launching/autoAttach.ts'
import { ComparedRuns } from './vscode/launching/comparedRuns.ts'
import { Launcher } from './vscode/launching/launcher.ts'
import { pickRun } from './vscode/launching/picking/pickRun.ts'
import { RunCommands } from './vscode/launching/runCommands.ts'
import { RunningContextKey } from './vscode/launching/runningContextKey.ts'
import { registerLenses } from './vscode/lenses/registerLenses.ts'
import { VIEWS } from './vscode/names.ts'
import { BeforeAfter } from './vscode/panel/beforeAfter.ts'
import { openLayerSource } from './vscode/panel/openLayerSource.ts'
import { OtherRunsCounter } from './vscode/panel/otherRunsCounter.ts'
import { Panel } from './vscode/panel/panel.ts'
import { pickMetric } from './vscode/panel/pickMetric.ts'
import { onDidChangeSettings, thresholds } from './vscode/settings.ts'
import { checkSetup } from './vscode/setup/checkSetup.ts'
import { openExample } from './vscode/setup/openExample.ts'
import { takeStartRequest } from './vscode/setup/runOnce.ts'
import { sharedStorage } from './vscode/setup/sharedStorage.ts'
import { showStart } from './vscode/setup/showStart.ts'
import { StaticHints } from './vscode/staticHints/staticHints.ts'
import { Studies } from './vscode/studies/studies.ts'
import { untilStarted } from './vscode/startupExtensions.ts'
import { StatusBar } from './vscode/statusBar.ts'
import { Throttle } from './vscode/throttle.ts'

/** Least time between two messages to the panel about the editor, in milliseconds. */
const EDITOR_INTERVAL_MS = 500

/** Creates the parts of the extension, connects them, and takes over the runs of an earlier session. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { extensionUri, environmentVariableCollection, subscriptions, workspaceState } = context
  const dist = path.join(context.extensionPath, 'dist')
  const globalStorage = context.globalStorageUri.fsPath
  const ownStorage = context.storageUri?.fsPath ?? globalStorage
  const storage = sharedStorage(ownStorage)
  const showPanel = () => panel.show()

  const remember = (run: RunState) => widthsToRemember(run, thresholds())
  const runs = new Runs({ storage, preload: path.join(dist, 'preload.cjs'), remember })
  const currentRun = new CurrentRun(runs)
  const source = new SourceThread(path.join(dist, 'sourceWorker.cjs'))
  const compared = new ComparedRuns(runs, storage, workspaceState)
  const beforeAfter = new BeforeAfter(currentRun, compared, thresholds, () => lenses.refresh())
  const lenses = registerLenses(currentRun, thresholds, source.ask, {
    media: vscode.Uri.joinPath(extensionUri, 'media'),
    comparedOf: (run, layer) => beforeAfter.lineOf(run, layer),
    othersStarted: untilStarted(vscode.extensions.all.filter(({ id }) => id !== context.extension.id)),
  })

  const staticHints = new StaticHints(source.ask, lenses.explanationAt)
  const launcher = new Launcher(runs, dist, showPanel)
  const runCommands = new RunCommands(currentRun, launcher, workspaceState, lenses.trains)
  const autoAttach = new AutoAttach(
    runs,
    environmentVariableCollection,
    { dist, storage: ownStorage, globalStorage },
    showPanel,
  )
  const studies = new Studies(runCommands, () => currentRun.state, { dist, storage })
  const chooseRun = () => pickRun(runs, thresholds())
  const stop = () => launcher.stop()

  const trials = new Trials(runs, runCommands, compared)
  const reveal = (layer: string) => panel.reveal(layer)
  const editing = new WidthEditing(source.ask, (why) => void offerRunAgain(why))
  const hints = new LayerCommands({ lenses, thresholds, editing, trials, reveal })

  const panel = new Panel(extensionUri, currentRun, thresholds, {
    openLayer: (id) => void openLayerSource(currentRun.state, id, lenses.lineOf),
    stop,
    // Code that was edited goes on with what was learned, as the lens has it.
    run: () => void (lenses.stale().length > 0 ? trials.runAgain(false) : runCommands.runAgain()),
    act: (action, layers, width) => void vscode.commands.executeCommand(ACTION_COMMANDS[action], layers, width),
    chooseRun: () => void chooseRun(),
  })

  const statusBar = new StatusBar(currentRun, thresholds, () => lenses.stale())
  const showEditor = new Throttle(EDITOR_INTERVAL_MS, () => {
    panel.showEditor({ stale: lenses.stale(), ignored: lenses.ignored(), comparison: beforeAfter.forPanel })
    statusBar.refresh()
  })
  lenses.onDidChange(() => showEditor.request())

  subscriptions.push(
    compared,
    beforeAfter,
    currentRun,
    lenses,
    source,
    staticHints,
    onDidChangeSettings(() => {
      staticHints.refresh()
      beforeAfter.refresh()
    }),
    {
      dispose: currentRun.onDidChange((change) => {
        const shows = change.type === 'switched' || change.events.some(({ type }) => type === 'model')
        if (shows) staticHints.refresh()
      }),
    },
    panel,
    statusBar,
    autoAttach,
    new RunningContextKey(currentRun),
    new OtherRunsCounter(runs, currentRun, (training) => panel.showOtherRuns(training)),
    { dispose: () => runs.dispose() },
    registerLanguageModelTools(knownRuns(runs)),
    offerMcpServer(dist, packageVersion(context)),
    vscode.window.registerWebviewViewProvider(VIEWS.panel, panel),
    registerCommands({
      run: (uri?: vscode.Uri) => runCommands.run(uri),
      debug: (uri?: vscode.Uri) => runCommands.run(uri, true),
      runWithArguments: (uri?: vscode.Uri) => runCommands.runWithArguments(uri),
      checkLosslessEigenspace: (uri?: vscode.Uri) => runCommands.run(uri, false, { kind: 'project' }),
      proveWidths: (uri?: vscode.Uri) => runCommands.proveWidths(runs, uri),
      probeLayers: (uri?: vscode.Uri) => runCommands.probeLayers(runs, uri),
      compareWithExact: (uri?: vscode.Uri) => runCommands.compareWithExact(uri),
      sweep: (uri?: vscode.Uri) => studies.sweep(uri),
      findInputResolution: (uri?: vscode.Uri) => studies.findInputResolution(uri),
      runPackageScript: (uri?: vscode.Uri) => runCommands.runPackageScript(uri),
      stop,
      chooseRun,
      openExample: () => openExample(extensionUri, (script) => runCommands.run(script)),
      checkSetup: () => checkSetup(extensionUri),
      toggleAutoAttach: () => autoAttach.set(),
      turnOnAutoAttach: () => autoAttach.set(true),
      turnOffAutoAttach: () => autoAttach.set(false),
      openLayer: reveal,
      useWidth: (layers?: string[], width?: number) => hints.use(layers, width),
      tryWidth: (layers?: string[], width?: number) => hints.tryOut(layers, width),
      tryNetworks: () =>
        studies.tryNetworks({
          thresholds,
          logOfBaseline: () => trials.logOfBaseline(),
          apply: (run, changes) => hints.change(run, changes),
        }),
      proveLayer: () => runCommands.proveWidths(runs),
      whyHint: (layers?: string[]) => hints.why(layers),
      ignoreHint: (layers?: string[]) => hints.ignore(layers),
      applyTrial: () => hints.apply(),
      discardTrial: () => trials.discard(),
      runAgain: () => trials.runAgain(false),
      runFromScratch: () => trials.runAgain(true),
      repeatRun: () => trials.repeat(),
      removeTail: () => trials.removeTail(),
      chooseMetric: () => pickMetric(beforeAfter.metrics),
      rightSize: () => rightSize(hints, lenses.run, (budget) => runCommands.proveWidths(runs, undefined, budget)),
      pickLayer: (ids: string[]) => lenses.pickLayer(ids),
    }),
  )

  autoAttach.update()
  await runs.reattach()
  void clearLeftovers()
  const start = takeStartRequest(process.env['SATURATION_START'], storage)
  if (!start) return
  await showStart(start)
  await runCommands.run(vscode.Uri.file(start.script))
}

/** The session's runs and the saved ones, for assistants. */
function knownRuns(runs: Runs): RunSource {
  return { list: async () => (await runs.list()).map(({ id, state }) => ({ id, state: () => Promise.resolve(state) })) }
}

function packageVersion({ extension }: vscode.ExtensionContext): string {
  const { version } = extension.packageJSON as { version: string }
  return version
}
