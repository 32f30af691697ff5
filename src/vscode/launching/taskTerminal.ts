import * as vscode from 'vscode'
import type { ProcessExit } from '../../runner/exitReason.ts'
import type { Launch } from '../../runner/launch/launch.ts'

const TASK = 'saturation'

/** A command that is being executed. */
export interface Execution {
  /** Resolves when the process has ended; null when nothing is known of how. */
  ended: Promise<ProcessExit | null>
  /** Ends it, whether it listens or not. */
  terminate(): void
}

/**
 * Executes a launch as a task: a real terminal with colours, input and Ctrl+C, which keeps the output after the end
 * and which VS Code itself carries over a reload of the window.
 * @param name of the terminal
 * @param place file or folder whose workspace folder the task belongs to
 * @throws what VS Code says when the task cannot be started.
 */
export async function runInTerminal(launch: Launch, name: string, place: vscode.Uri): Promise<Execution> {
  const task = new vscode.Task(
    { type: TASK, place: freePlace() },
    vscode.workspace.getWorkspaceFolder(place) ?? vscode.TaskScope.Workspace,
    name,
    'Saturation',
    new vscode.ProcessExecution(launch.command, launch.args, { cwd: launch.cwd, env: launch.env }),
    [],
  )
  task.presentationOptions = { panel: vscode.TaskPanelKind.Dedicated, clear: true, showReuseMessage: false }
  // Only background tasks are carried over a reload; the terminal of another one is closed, and the training with it.
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
        // A command that could not be started at all ends its task without a process.
        if (event.execution === execution) setTimeout(() => resolve({ exitCode: null }), 1000)
      }),
    )
  })
  return { ended, terminate: () => execution.terminate() }
}

/**
 * VS Code executes one task of a definition at a time, and asks which to end otherwise; but a command may go on when its
 * training has ended. Each place has a terminal of its own, which its next task takes over.
 */
function freePlace(): number {
  const taken = vscode.tasks.taskExecutions.flatMap(({ task: { definition } }) =>
    definition.type === TASK ? [definition['place'] as unknown] : [],
  )
  let place = 1
  while (taken.includes(place)) place++
  return place
}
