import * as vscode from 'vscode'
import type { Annotation } from '../lenses/annotations.ts'
import { commandOf } from './actionCommands.ts'
import { DIAGNOSTIC_SOURCE } from './problems.ts'

/** Offers the actions of a line's hint by the lightbulb and in the list of problems. */
export class HintCodeActions implements vscode.CodeActionProvider {
  static readonly metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }
  readonly #annotations: (document: vscode.TextDocument) => Annotation[]

  constructor(annotations: (document: vscode.TextDocument) => Annotation[]) {
    this.#annotations = annotations
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const ours = diagnostics.filter(({ source }) => source === DIAGNOSTIC_SOURCE)
    return this.#annotations(document)
      .filter(({ line }) => range.start.line <= line && line <= range.end.line)
      .flatMap(({ line, actions }) =>
        actions.map((offered) => {
          const action = new vscode.CodeAction(offered.title, vscode.CodeActionKind.QuickFix)
          action.command = commandOf(offered)
          action.diagnostics = ours.filter((diagnostic) => diagnostic.range.start.line === line)
          return action
        }),
      )
  }
}
