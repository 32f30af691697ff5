import * as vscode from 'vscode'
import { Pace } from '../views/pace.ts'
import { progressWords } from '../views/progress.ts'
import type { ShownRuns } from '../views/runs.ts'
import { lensesEnabled } from './documents.ts'
import { isRunning } from './isRunning.ts'
import type { TrainingFiles } from './trainingFiles.ts'

const REFRESH_MS = 1000
const TOP = new vscode.Range(0, 0, 0, 0)

/** At the top of a file that trains: run it, or how far its run has come and a way to stop it. */
export class RunLens implements vscode.CodeLensProvider {
  readonly #runs: ShownRuns
  readonly #files: TrainingFiles
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCodeLenses = this.#changed.event
  readonly #shown = new Map<vscode.TextDocument, string>()
  readonly #refresh = new Pace(REFRESH_MS, () => this.#fireIfChanged())

  constructor(runs: ShownRuns, files: TrainingFiles) {
    this.#runs = runs
    this.#files = files
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const commands = this.#commands(document)
    this.#shown.set(document, rendered(commands))
    return commands.map((command) => new vscode.CodeLens(TOP, command))
  }

  /** Has the lenses asked for again, soon, if any would read differently. */
  refresh(): void {
    this.#refresh.request()
  }

  /** Forgets a closed document. */
  closed(document: vscode.TextDocument): void {
    this.#shown.delete(document)
  }

  dispose(): void {
    this.#refresh.cancel()
    this.#changed.dispose()
  }

  #commands(document: vscode.TextDocument): vscode.Command[] {
    if (!lensesEnabled(document)) return []
    const run = this.#runs.current
    if (run && isRunning(run.state, document.fileName)) {
      return [
        { title: '$(debug-stop) Stop', tooltip: 'Ends the training process', command: 'saturation.stop' },
        // A lens without a command is plain text.
        { title: progressWords(run.state), command: '' },
      ]
    }
    if (!this.#files.trains(document)) return []
    const tooltip = 'Runs this file as it is and shows how much of each layer is used'
    return [{ title: '$(play) Run with Saturation', tooltip, command: 'saturation.run', arguments: [document.uri] }]
  }

  #fireIfChanged(): void {
    // What is visible, and not what was asked for: a document that changes its language is closed and opened again, and
    // VS Code need not ask anew.
    const differs = vscode.window.visibleTextEditors.some(
      ({ document }) => rendered(this.#commands(document)) !== (this.#shown.get(document) ?? ''),
    )
    if (differs) this.#changed.fire()
  }
}

function rendered(commands: readonly vscode.Command[]): string {
  return commands.map((command) => command.title).join('\n')
}
