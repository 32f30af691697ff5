import * as vscode from 'vscode'
import type { StartRequest } from './runOnce.ts'

/** Shows the script that is about to run, and beside it the file with the layers, above which the first numbers come. */
export async function showStart({ script, beside }: StartRequest): Promise<void> {
  const show = (file: string, viewColumn: vscode.ViewColumn, preserveFocus: boolean): Thenable<vscode.TextEditor> =>
    vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn, preserveFocus, preview: false })
  await show(script, vscode.ViewColumn.One, false)
  await show(beside, vscode.ViewColumn.Two, true)
}
