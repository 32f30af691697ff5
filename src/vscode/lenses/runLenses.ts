import type * as vscode from 'vscode'
import { describeProgress } from '../../presentation/progress.ts'
import type { RunState } from '../../run/state.ts'
import { COMMANDS } from '../names.ts'
import { isRunning } from './isRunning.ts'
import type { Lens } from './lensProvider.ts'

/**
 * The lenses at the top of a training script: a way to run it, or the progress of its run and a way to stop it.
 * @param trains whether the document trains a model
 */
export function runLenses(document: vscode.TextDocument, run: RunState | null, trains: boolean): Lens[] {
  return commands(document, run, trains).map((command) => ({ line: 0, command }))
}

function commands(document: vscode.TextDocument, run: RunState | null, trains: boolean): vscode.Command[] {
  if (run && isRunning(run, document.fileName)) {
    return [
      { title: '$(debug-stop) Stop', tooltip: 'Ends the training process', command: COMMANDS.stop },
      { title: describeProgress(run), command: '' },
    ]
  }
  if (!trains) return []
  const tooltip = 'Runs this file as it is and shows how much of each layer is used'
  return [{ title: '$(play) Run with Saturation', tooltip, command: COMMANDS.run, arguments: [document.uri] }]
}

/**
 * A lens above the scripts of a package.json that depends on TensorFlow.js. A click lets the user run one of the
 * scripts. Installed packages have no lens: people read their files but do not run them.
 */
export function packageLenses(document: vscode.TextDocument): Lens[] {
  const text = document.getText()
  const at = text.search(/^[ \t]*"scripts"[ \t]*:/m)
  if (at < 0 || !text.includes('"@tensorflow/') || /[\\/]node_modules[\\/]/.test(document.fileName)) return []
  const { line } = document.positionAt(text.indexOf('"scripts"', at))
  const tooltip = 'Runs a script by the package manager and shows how much of each layer is used'
  const command = { title: '$(play) Run with Saturation', tooltip, command: COMMANDS.runPackageScript }
  return [{ line, command: { ...command, arguments: [document.uri] } }]
}
