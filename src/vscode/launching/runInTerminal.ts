import * as vscode from 'vscode'
import type { ProcessExit } from '../../runner/exitReason.ts'
import type { Launch } from '../../runner/launch/launch.ts'
import { TASK_TYPE } from '../names.ts'

/** Milliseconds that a task which ended without a process has to report one before it counts as never started. */
const PROCESS_REPORT_TIMEOUT_MS = 1000

/** A command that is being executed. */
export interface Execution {
  /** Resolves when the process has ended; with null when nothing is known about how it ended. */
  ended: Promise<ProcessExit | null>
  /** Ends the process, even one that does not respond. */
  terminate(): void
}

/**
 * Executes a launch as a task: in a real terminal with colours, input and Ctrl+C, which keeps the output after the end.
 * VS Code keeps the terminal over a reload of the window.
 * @param name of the terminal
 * @param resource file or folder whose workspace folder the task belongs to
 * @throws VS Code's error when the task cannot be started.
 */
export async function runInTerminal(launch: Launch, name: string, resource: vscode.Uri): Promise<Execution> {
  const task = new vscode.Task(
    { type: TASK_TYPE, place: lowestFreePlace() },
    vscode.workspace.getWorkspaceFolder(resource) ?? vscode.TaskScope.Workspace,
    name,
    'Saturation',
    new vscode.ProcessExecution(launch.command, launch.args, { cwd: launch.cwd, env: launch.env }),
    [],
  )
  task.presentationOptions = { panel: vscode.TaskPanelKind.Dedicated, clear: true, showReuseMessage: false }
  // Only background tasks survive a reload. Other tasks' terminals are closed, which would end the training.
  task.isBackground = true
  const execution = await vscode.tasks.executeTask(task)
  const ended = new Promise<ProcessExit>((resolve) => {
    const listener = vscode.Disposable.from(
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution !== execution) return
        listener.dispose()
        resolve({ exitCode: event.exitCode ?? null })
      }),
      vscode.tasks.onDidEndTask((event) => {
        // The task of a command that could not be started ends without the end of a process.
        if (event.execution === execution) setTimeout(() => resolve({ exitCode: null }), PROCESS_REPORT_TIMEOUT_MS)
      }),
    )
  })
  return { ended, terminate: () => execution.terminate() }
}

/**
 * The lowest number from 1 that no executing task of ours has. Tasks with different numbers have different definitions
 * and terminals: VS Code executes only one task of a definition at a time, but a command may go on when its training
 * has ended. A number that is free again brings its terminal along to the next task.
 */
function lowestFreePlace(): number {
  const taken = vscode.tasks.taskExecutions.flatMap(({ task: { definition } }) =>
    definition.type === TASK_TYPE ? [definition['place'] as unknown] : [],
  )
  let place = 1
  while (taken.includes(place)) place++
  return place
}
