import * as vscode from 'vscode'
import type { Annotation } from '../lenses/annotations.ts'
import { ACTION_COMMANDS } from './actionCommands.ts'
import { hoverText } from './hoverText.ts'

/** Explains a hint, and offers its actions, when the pointer rests on the line. */
export class HintHover implements vscode.HoverProvider {
  readonly #annotations: (document: vscode.TextDocument) => Annotation[]

  constructor(annotations: (document: vscode.TextDocument) => Annotation[]) {
    this.#annotations = annotations
  }

  provideHover(document: vscode.TextDocument, { line }: vscode.Position): vscode.Hover | undefined {
    const annotation = this.#annotations(document).find((each) => each.line === line)
    if (!annotation) return undefined
    const text = new vscode.MarkdownString(hoverText(annotation.explanation, annotation.actions))
    text.isTrusted = { enabledCommands: Object.values(ACTION_COMMANDS) }
    return new vscode.Hover(text)
  }
}
