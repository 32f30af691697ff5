import * as vscode from 'vscode'
import { COMMANDS } from '../names.ts'
import type { AnnotationStore } from './annotationStore.ts'
import { foreignText } from '../foreignText.ts'

/** Lets the user choose one of the layers that a line makes, and opens it in the panel. */
export async function pickLayer(store: AnnotationStore, layerIds: readonly string[]): Promise<void> {
  const items = store.describe(layerIds).map(({ id, name, kind, title }) => ({
    id,
    label: foreignText(name),
    description: foreignText(kind),
    ...(title === null ? {} : { detail: title }),
  }))
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${items.length} layers made by this line`,
    placeHolder: 'Layer to open in the panel',
    matchOnDescription: true,
    matchOnDetail: true,
  })
  if (chosen) await vscode.commands.executeCommand(COMMANDS.openLayer, chosen.id)
}
