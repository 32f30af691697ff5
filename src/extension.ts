import path from 'node:path'
import * as vscode from 'vscode'
import { registerEditor } from './editor/register.ts'
import { Runs } from './session/runs.ts'
import { AutoAttach } from './views/autoAttach.ts'
import { checkSetup } from './views/checkSetup.ts'
import { Launcher } from './views/launcher.ts'
import { openExample } from './views/openExample.ts'
import { openLayerSource } from './views/openLayer.ts'
import { Panel } from './views/panel.ts'
import { RunCommands } from './views/runCommands.ts'
import { RunContext } from './views/runContext.ts'
import { RunCount } from './views/runCount.ts'
import { scriptToRunOnce } from './views/runOnce.ts'
import { pickRun } from './views/runPicker.ts'
import { thresholds } from './views/settings.ts'
import { StatusBar } from './views/statusBar.ts'

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
