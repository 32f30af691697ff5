import * as vscode from 'vscode'

/**
 * Running a script executes code of the workspace, so it needs the user's trust in the workspace.
 * @returns whether the workspace is trusted. If not, the user is told, and offered to manage trust.
 */
export async function requireTrust(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true
  const manage = 'Manage Workspace Trust'
  const choice = await vscode.window.showWarningMessage(
    'Saturation Inspector runs no code in an untrusted workspace. Trust the workspace to run its scripts.',
    manage,
  )
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage')
  return false
}
