import path from 'node:path'
import * as vscode from 'vscode'
import { mayRun } from '../workspaceTrust.ts'
import { runSettings } from '../settings.ts'
import { runInTerminal } from '../launching/taskTerminal.ts'

/**
 * Looks, in a terminal, at what a training in a folder would find (node, TensorFlow.js, its native library), and
 * repairs what is missing.
 * @param folder the first folder of the workspace when left out
 * @returns true when everything is there.
 */
export async function checkSetup(extension: vscode.Uri, folder?: vscode.Uri): Promise<boolean> {
  const target = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri
  if (!target) {
    void vscode.window.showInformationMessage('Open the folder of your project, then check its set-up.')
    return false
  }
  if (!(await mayRun())) return false
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
    void vscode.window.showErrorMessage(`The set-up cannot be checked: ${(error as Error).message}`)
    return false
  }
}
