import path from 'node:path'
import * as vscode from 'vscode'
import { widthsToRemember } from './advice/widthsToRemember.ts'
import type { RunState } from './run/state.ts'
import { Runs } from './runner/runs.ts'
import { SourceThread } from './source/background/sourceThread.ts'
import { registerCommands } from './vscode/commands.ts'
import { CurrentRun } from './vscode/currentRun.ts'
import { AutoAttach } from './vscode/launching/autoAttach.ts'
import { Launcher } from './vscode/launching/launcher.ts'
import { pickRun } from './vscode/launching/pickRun.ts'
import { RunCommands } from './vscode/launching/runCommands.ts'
import { RunningContextKey } from './vscode/launching/runningContextKey.ts'
import { registerLenses } from './vscode/lenses/registerLenses.ts'
import { VIEWS } from './vscode/names.ts'
import { openLayerSource } from './vscode/panel/openLayerSource.ts'
import { OtherRunsCounter } from './vscode/panel/otherRunsCounter.ts'
import { Panel } from './vscode/panel/panel.ts'
import { onDidChangeSettings, thresholds } from './vscode/settings.ts'
import { checkSetup } from './vscode/setup/checkSetup.ts'
import { openExample } from './vscode/setup/openExample.ts'
import { scriptToRunOnce } from './vscode/setup/runOnce.ts'
import { StaticHints } from './vscode/staticHints/staticHints.ts'
import { StatusBar } from './vscode/statusBar.ts'

/** Creates the parts of the extension, connects them, and takes over the runs of an earlier session. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { extensionUri, environmentVariableCollection, subscriptions, workspaceState } = context
  const dist = path.join(context.extensionPath, 'dist')
  const globalStorage = context.globalStorageUri.fsPath
  const storage = context.storageUri?.fsPath ?? globalStorage
  const showPanel = () => panel.show()

  const remember = (run: RunState) => widthsToRemember(run, thresholds())
  const runs = new Runs({ storage, preload: path.join(dist, 'preload.cjs'), remember })
  const currentRun = new CurrentRun(runs)
  const source = new SourceThread(path.join(dist, 'sourceWorker.cjs'))
  const lenses = registerLenses(currentRun, thresholds, source.ask)

  const staticHints = new StaticHints(source.ask, lenses.hasNumbers)
  const launcher = new Launcher(runs, dist, showPanel)
  const runCommands = new RunCommands(currentRun, launcher, workspaceState, lenses.trains)
  const autoAttach = new AutoAttach(runs, environmentVariableCollection, { dist, storage, globalStorage }, showPanel)
  const chooseRun = () => pickRun(runs, thresholds())
  const stop = () => launcher.stop()

  const panel = new Panel(extensionUri, currentRun, thresholds, {
    openLayer: (id) => void openLayerSource(currentRun.state, id, lenses.lineOf),
    stop,
    run: () => void runCommands.runAgain(),
    chooseRun: () => void chooseRun(),
  })

  subscriptions.push(
    currentRun,
    lenses,
    source,
    staticHints,
    onDidChangeSettings(() => staticHints.refresh()),
    {
      dispose: currentRun.onDidChange((change) => {
        const shows = change.type === 'switched' || change.events.some(({ type }) => type === 'model')
        if (shows) staticHints.refresh()
      }),
    },
    panel,
    new StatusBar(currentRun, thresholds),
    autoAttach,
    new RunningContextKey(currentRun),
    new OtherRunsCounter(runs, currentRun, (training) => panel.showOtherRuns(training)),
    { dispose: () => runs.dispose() },
    vscode.window.registerWebviewViewProvider(VIEWS.panel, panel),
    registerCommands({
      run: (uri?: vscode.Uri) => runCommands.run(uri),
      debug: (uri?: vscode.Uri) => runCommands.run(uri, true),
      runWithArguments: (uri?: vscode.Uri) => runCommands.runWithArguments(uri),
      checkLosslessEigenspace: (uri?: vscode.Uri) => runCommands.run(uri, false, { kind: 'project' }),
      proveWidths: (uri?: vscode.Uri) => runCommands.proveWidths(runs, uri),
      runPackageScript: (uri?: vscode.Uri) => runCommands.runPackageScript(uri),
      stop,
      chooseRun,
      openExample: () => openExample(extensionUri, (script) => runCommands.run(script)),
      checkSetup: () => checkSetup(extensionUri),
      toggleAutoAttach: () => autoAttach.set(),
      turnOnAutoAttach: () => autoAttach.set(true),
      turnOffAutoAttach: () => autoAttach.set(false),
      openLayer: (id: string) => panel.reveal(id),
      pickLayer: (ids: string[]) => lenses.pickLayer(ids),
    }),
  )

  autoAttach.update()
  await runs.reattach()
  const script = scriptToRunOnce(process.env['SATURATION_START'], storage)
  if (script) await runCommands.run(vscode.Uri.file(script))
}
