import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { Launch } from '../../runner/launch/launch.ts'
import type { Execution } from './taskTerminal.ts'

/**
 * Executes a launch under VS Code's own debugger for Node, in its terminal. Breakpoints are those of the user's lines:
 * stepping passes over Node's internals and over us.
 * @param name of the debug session
 * @param place file or folder whose workspace folder the session belongs to
 * @param dist folder of our bundles
 * @throws Error when VS Code does not start the session; it has told the user why, or the user did not want it.
 */
export async function runInDebugger(launch: Launch, name: string, place: vscode.Uri, dist: string): Promise<Execution> {
  const id = randomUUID()
  // The debugger opens further ones, for each process and thread, below the one that is started.
  const isOurs = ({ configuration, parentSession }: vscode.DebugSession): boolean =>
    configuration['saturationRun'] === id && !parentSession
  let session: vscode.DebugSession | undefined
  const listeners: vscode.Disposable[] = []
  const ended = new Promise<null>((resolve) => {
    listeners.push(
      vscode.debug.onDidStartDebugSession((started) => {
        if (isOurs(started)) session = started
      }),
      vscode.debug.onDidTerminateDebugSession((over) => {
        if (isOurs(over)) resolve(null)
      }),
    )
  }).finally(() => listeners.forEach((listener) => void listener.dispose()))
  const configuration: vscode.DebugConfiguration = {
    type: 'node',
    request: 'launch',
    name,
    // No `program`: Node's arguments, script included, are to be exactly those of a run without the debugger.
    runtimeExecutable: launch.command,
    runtimeArgs: launch.args,
    cwd: launch.cwd,
    env: launch.env,
    console: 'integratedTerminal',
    skipFiles: ['<node_internals>/**', `${dist.replaceAll('\\', '/')}/**`],
    saturationRun: id,
  }
  if (!(await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(place), configuration))) {
    for (const listener of listeners) listener.dispose()
    throw new Error('The debugger was not started.')
  }
  return { ended, terminate: () => void (session && vscode.debug.stopDebugging(session)) }
}
