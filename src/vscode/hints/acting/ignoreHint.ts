import * as vscode from 'vscode'
import type { LayerSummary } from '../../../presentation/layer/summary.ts'
import { hideState, ignoreAlso } from '../hintSettings.ts'
import { fileOf } from '../hidden.ts'
import { DIRECTIVE, ignoredLayer } from '../ignored.ts'

/**
 * Hides hints: of these layers, of their file, or always of their state. The person chooses.
 * @param lineOf gives the line of a layer in a document, counted from 0
 */
export async function ignoreHint(
  layers: readonly { summary: LayerSummary; file: string | null }[],
  lineOf: (layer: string, document: vscode.TextDocument) => number | null,
): Promise<void> {
  const [first] = layers
  if (!first) return
  const file = first.file === null ? null : fileOf({ uri: vscode.Uri.file(first.file) })
  const names = layers.map(({ summary }) => summary.name).join(', ')
  const { verdict, verdictWord } = first.summary
  const items = [
    ...(file === null
      ? []
      : [
          {
            label: layers.length === 1 ? 'This layer' : 'These layers',
            description: names,
            act: () => ignoreAlso(layers.map(({ summary }) => ignoredLayer(file, summary.name))),
          },
          { label: 'This file', description: file, act: () => ignoreAlso([file]) },
          {
            label: 'By a comment in the code',
            description: `// ${DIRECTIVE}`,
            act: () => insertDirective(first.file ?? '', first.summary.id, lineOf),
          },
        ]),
    { label: 'Always', description: `no hints on layers that are ${verdictWord}`, act: () => hideState(verdict) },
  ]
  const chosen = await vscode.window.showQuickPick(items, { title: 'Ignore the Hint', placeHolder: 'For what?' })
  await chosen?.act()
}

/** Writes the comment above the line that makes a layer. */
async function insertDirective(
  path: string,
  layer: string,
  lineOf: (layer: string, document: vscode.TextDocument) => number | null,
): Promise<void> {
  const uri = vscode.Uri.file(path)
  const document = await vscode.workspace.openTextDocument(uri)
  const line = lineOf(layer, document)
  if (line === null) return
  const indent = document.lineAt(line).text.match(/^\s*/)?.[0] ?? ''
  const edit = new vscode.WorkspaceEdit()
  edit.insert(uri, new vscode.Position(line, 0), `${indent}// ${DIRECTIVE}\n`)
  await vscode.workspace.applyEdit(edit)
}
