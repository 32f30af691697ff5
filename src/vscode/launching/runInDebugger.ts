import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { Launch } from '../../runner/launch/launch.ts'
import { DEBUG_RUN_ATTRIBUTE } from '../names.ts'
import type { Execution } from './runInTerminal.ts'

/**
 * Executes a launch under VS Code's own debugger for Node, in its terminal. Stepping skips Node's internals and our
 * bundles, so that it stops only in the user's code.
 * @param name of the debug session
 * @param resource file or folder whose workspace folder the session belongs to
 * @param dist folder of our bundles
 * @throws Error when VS Code does not start the session. VS Code has then told the user why, or the user cancelled.
 */
export async function runInDebugger(
  launch: Launch,
  name: string,
  resource: vscode.Uri,
  dist: string,
): Promise<Execution> {
  const id = randomUUID()
  // The debugger opens a child session for each process and thread; the session that was started is their root.
  const isOurs = ({ configuration, parentSession }: vscode.DebugSession): boolean =>
    configuration[DEBUG_RUN_ATTRIBUTE] === id && !parentSession
  let session: vscode.DebugSession | undefined
  const listeners: vscode.Disposable[] = []
  const ended = new Promise<null>((resolve) => {
    listeners.push(
      vscode.debug.onDidStartDebugSession((started) => {
        if (isOurs(started)) session = started
      }),
      vscode.debug.onDidTerminateDebugSession((terminated) => {
        if (isOurs(terminated)) resolve(null)
      }),
    )
  }).finally(() => listeners.forEach((listener) => void listener.dispose()))
  const configuration: vscode.DebugConfiguration = {
    type: 'node',
    request: 'launch',
    name,
    // Without `program`, so that Node's arguments, script included, are exactly those of a run without the debugger.
    runtimeExecutable: launch.command,
    runtimeArgs: launch.args,
    cwd: launch.cwd,
    env: launch.env,
    console: 'integratedTerminal',
    skipFiles: ['<node_internals>/**', `${dist.replaceAll('\\', '/')}/**`],
    [DEBUG_RUN_ATTRIBUTE]: id,
  }
  if (!(await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(resource), configuration))) {
    for (const listener of listeners) listener.dispose()
    throw new Error('The debugger was not started.')
  }
  return { ended, terminate: () => void (session && vscode.debug.stopDebugging(session)) }
}
