import * as vscode from 'vscode'
import type { ActionId } from '../../../presentation/actions/layerActions.ts'
import type { LayerSummary } from '../../../presentation/layer/summary.ts'
import { plainTitle } from '../../../presentation/layer/lensTitle.ts'
import type { Annotation } from '../../lenses/annotations.ts'

/**
 * Lets the person choose the layer of an action: without a question where the line of the cursor has just one that the
 * action is offered for.
 * @param summaries of the shown run's layers
 * @returns the layer's ids; undefined when nothing was chosen, or there is nothing to choose.
 */
export async function pickLayers(
  id: ActionId,
  summaries: readonly LayerSummary[],
  annotations: (document: vscode.TextDocument) => Annotation[],
): Promise<string[] | undefined> {
  const editor = vscode.window.activeTextEditor
  const here = editor && annotations(editor.document).find(({ line }) => line === editor.selection.active.line)
  const action = here?.actions.find((each) => each.id === id)
  if (action) return action.layers
  const items = summaries.flatMap((layer) => {
    const offered = layer.actions.find((each) => each.id === id)
    if (!offered) return []
    return [{ label: offered.title, description: layer.name, detail: plainTitle(layer) ?? '', ids: [layer.id] }]
  })
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`No layer of the shown run offers this now.`)
    return undefined
  }
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Layer', matchOnDescription: true }))?.ids
}
