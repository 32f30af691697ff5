import type * as vscode from 'vscode'
import type { RunState } from '../../run/state.ts'
import { progressWords } from '../../presentation/progress.ts'
import { isRunning } from './isRunning.ts'
import type { Lens } from './lensProvider.ts'

/**
 * The lenses at the top of a file that trains: run it, or how far its run has come and a way to stop it.
 * @param trains whether the file trains a model
 */
export function runLenses(document: vscode.TextDocument, run: RunState | null, trains: boolean): Lens[] {
  return commands(document, run, trains).map((command) => ({ line: 0, command }))
}

function commands(document: vscode.TextDocument, run: RunState | null, trains: boolean): vscode.Command[] {
  if (run && isRunning(run, document.fileName)) {
    return [
      { title: '$(debug-stop) Stop', tooltip: 'Ends the training process', command: 'saturation.stop' },
      { title: progressWords(run), command: '' },
    ]
  }
  if (!trains) return []
  const tooltip = 'Runs this file as it is and shows how much of each layer is used'
  return [{ title: '$(play) Run with Saturation', tooltip, command: 'saturation.run', arguments: [document.uri] }]
}
