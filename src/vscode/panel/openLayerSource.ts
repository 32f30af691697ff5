import * as vscode from 'vscode'
import type { RunState } from '../../run/state.ts'
import { foreignText } from '../foreignText.ts'

/**
 * Opens the file that defines a layer and selects its line.
 * @param lineOf returns the line, counted from 0, where the document has the definition now; null when it is not there
 */
export async function openLayerSource(
  run: RunState | null,
  layerId: string,
  lineOf: (layerId: string, document: vscode.TextDocument) => number | null,
): Promise<void> {
  const layer = run?.layers.find(({ id }) => id === layerId)
  if (!layer) return
  if (!layer.site) {
    void vscode.window.showInformationMessage(
      `No line of your code constructs ${foreignText(layer.name)}: its model was loaded.`,
    )
    return
  }
  const { site } = layer
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(site.file))
    const line = lineOf(layerId, document) ?? site.line - 1
    const start = document.validatePosition(new vscode.Position(line, site.column - 1))
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start), preserveFocus: false })
  } catch {
    void vscode.window.showWarningMessage(
      `${foreignText(site.file)} cannot be opened; ${foreignText(layer.name)} was defined there in line ${site.line}.`,
    )
  }
}
