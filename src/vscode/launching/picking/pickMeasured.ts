import * as vscode from 'vscode'
import { measuredLayers } from '../../../advice/verdict.ts'
import type { RunState } from '../../../run/state.ts'

/** A pattern of names that all layers match. */
const ALL = '*'

/**
 * Lets the person choose one of the measured layers of a run, or all.
 * @param run null where none of the script is shown: then all are meant
 * @returns the layer's id, or a pattern of names; undefined when nothing was chosen.
 */
export async function pickMeasured(run: RunState | null, placeHolder: string): Promise<string | undefined> {
  const layers = run ? measuredLayers(run) : []
  if (layers.length === 0) return ALL
  const items = [
    { label: 'all layers', description: 'takes longer', layer: ALL },
    ...layers.map(({ id, name, kind }) => ({ label: name, description: kind, layer: id })),
  ]
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.layer
}
