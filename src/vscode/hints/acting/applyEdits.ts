import * as vscode from 'vscode'
import type { WidthEdit } from '../../../source/edits/plan.ts'

/** Label of the changes in the editor's preview of a refactoring. */
const LABEL = 'Widths of layers'

/** One piece of text to replace, and what the preview says of it. */
export interface ShownEdit {
  edit: WidthEdit
  /** `hidden2: 104 units instead of 320`. */
  words: string
}

/**
 * Applies edits as one step that can be undone. A single change of one number is made at once; what touches more is
 * shown in VS Code's preview of a refactoring first.
 * @param preview whether to show the preview in any case
 * @returns whether something was changed.
 */
export async function applyEdits(edits: readonly ShownEdit[], preview: boolean): Promise<boolean> {
  const needsConfirmation = preview || edits.length > 1
  const workspaceEdit = new vscode.WorkspaceEdit()
  for (const { edit, words } of edits) {
    const uri = vscode.Uri.file(edit.file)
    const document = await vscode.workspace.openTextDocument(uri)
    const range = new vscode.Range(document.positionAt(edit.start), document.positionAt(edit.end))
    // The document may have changed while the edits were planned.
    if (document.getText(range) !== edit.text) return false
    const metadata = { needsConfirmation, label: LABEL, description: words }
    workspaceEdit.replace(uri, range, edit.newText, needsConfirmation ? metadata : undefined)
  }
  return vscode.workspace.applyEdit(workspaceEdit, { isRefactoring: true })
}
