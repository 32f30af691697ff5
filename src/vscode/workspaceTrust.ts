import * as vscode from 'vscode'

/** Running a script executes the workspace's code: only where the user trusts it. Tells the user where it is not. */
export async function mayRun(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true
  const manage = 'Manage Workspace Trust'
  const choice = await vscode.window.showWarningMessage(
    'Saturation Inspector runs no code in an untrusted workspace. Trust the workspace to run its scripts.',
    manage,
  )
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage')
  return false
}
