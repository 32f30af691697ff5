import path from 'node:path'
import * as vscode from 'vscode'
import { runInTerminal } from '../launching/runInTerminal.ts'
import { runSettings } from '../settings.ts'
import { requireTrust } from '../workspaceTrust.ts'
import { foreignText } from '../foreignText.ts'

/**
 * Checks in a terminal what a training in a folder needs (Node, TensorFlow.js, its native library), and installs what
 * is missing.
 * @param folder by default the first folder of the workspace
 * @returns whether everything is there in the end.
 */
export async function checkSetup(extension: vscode.Uri, folder?: vscode.Uri): Promise<boolean> {
  const target = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri
  if (!target) {
    void vscode.window.showInformationMessage('Open the folder of your project, then check its set-up.')
    return false
  }
  if (!(await requireTrust())) return false
  const script = path.join(extension.fsPath, 'setup', 'tensorflow', 'check.mjs')
  const launch = {
    command: runSettings().node ?? 'node',
    args: [script, target.fsPath],
    cwd: target.fsPath,
    env: {},
  }
  try {
    const { ended } = await runInTerminal(launch, 'Check Set-up', target)
    return (await ended)?.exitCode === 0
  } catch (error) {
    void vscode.window.showErrorMessage(`The set-up cannot be checked: ${foreignText((error as Error).message)}`)
    return false
  }
}
