import path from 'node:path'
import * as vscode from 'vscode'
import { registerEditor } from './vscode/lenses/register.ts'
import { Runs } from './runner/runs.ts'
import { AutoAttach } from './vscode/launching/autoAttach.ts'
import { checkSetup } from './vscode/setup/checkSetup.ts'
import { Launcher } from './vscode/launching/launcher.ts'
import { openExample } from './vscode/setup/openExample.ts'
import { openLayerSource } from './vscode/panel/openLayer.ts'
import { Panel } from './vscode/panel/panel.ts'
import { RunCommands } from './vscode/launching/runCommands.ts'
import { RunContext } from './vscode/launching/runContext.ts'
import { RunCount } from './vscode/panel/otherRuns.ts'
import { scriptToRunOnce } from './vscode/setup/runOnce.ts'
import { pickRun } from './vscode/launching/runPicker.ts'
import { thresholds } from './vscode/settings.ts'
import { StatusBar } from './vscode/statusBar.ts'

/** Puts the rooms together. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { extensionPath, extensionUri, subscriptions, workspaceState } = context
  const globalStorage = context.globalStorageUri.fsPath
  const storage = context.storageUri?.fsPath ?? globalStorage
  const dist = path.join(extensionPath, 'dist')
  const runs = new Runs({ storage, preload: path.join(dist, 'preload.cjs') })
  const launcher = new Launcher(runs, dist, () => panel.show())
  const commands = new RunCommands(runs, launcher, workspaceState, (document) => editor.trains(document))
  const editor = registerEditor(runs, thresholds)
  const openLayer = (id: string) => void openLayerSource(runs.current?.state, id, editor.lineOf)
  const chooseRun = () => void pickRun(runs, thresholds())
  const actions = { openLayer, stop: () => launcher.stop(), run: () => void commands.runAgain(), chooseRun }
  const panel = new Panel(extensionUri, runs, actions, thresholds)
  const places = { dist, storage, globalStorage }
  const autoAttach = new AutoAttach(runs, context.environmentVariableCollection, places, () => panel.show())
  const statusBar = new StatusBar(runs, thresholds)
  const register = vscode.commands.registerCommand
  subscriptions.push(
    editor,
    panel,
    statusBar,
    autoAttach,
    new RunContext(runs),
    new RunCount(runs, (training) => panel.tellOthers(training)),
    { dispose: () => runs.dispose() },
    vscode.window.registerWebviewViewProvider(Panel.viewId, panel),
    register('saturation.run', (uri?: vscode.Uri) => commands.run(uri)),
    register('saturation.debug', (uri?: vscode.Uri) => commands.run(uri, true)),
    register('saturation.runPackageScript', (uri?: vscode.Uri) => commands.runPackageScript(uri)),
    register('saturation.runWithArguments', (uri?: vscode.Uri) => commands.runWithArguments(uri)),
    register('saturation.stop', () => launcher.stop()),
    register('saturation.chooseRun', chooseRun),
    register('saturation.openExample', () => openExample(extensionUri, (script) => commands.run(script))),
    register('saturation.checkSetup', () => checkSetup(extensionUri)),
    register('saturation.toggleAutoAttach', () => autoAttach.set()),
    register('saturation.turnOnAutoAttach', () => autoAttach.set(true)),
    register('saturation.turnOffAutoAttach', () => autoAttach.set(false)),
    register('saturation.openLayer', (id: string) => panel.reveal(id)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('saturation')) statusBar.refresh()
    }),
  )
  autoAttach.update()
  await runs.reattach()
  const script = scriptToRunOnce(process.env['SATURATION_START'], storage)
  if (script) await commands.run(vscode.Uri.file(script))
}
