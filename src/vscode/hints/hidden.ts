import * as vscode from 'vscode'
import type { RunState } from '../../run/state.ts'
import { fileKey } from '../../source/tracking/fileKey.ts'
import type { IsHidden } from '../lenses/annotations.ts'
import { hintSettings } from './hintSettings.ts'
import { isIgnoredByComment, isIgnoredBySetting } from './ignored.ts'

/** Tells which hints of a document a person does not want: by the settings, or by a comment. */
export function hiddenIn(document: vscode.TextDocument): IsHidden {
  const { shows, ignored } = hintSettings(document)
  const file = fileOf(document)
  const textOf = (line: number): string => (line < document.lineCount ? document.lineAt(line).text : '')
  return ({ verdict, name }, line) =>
    !shows(verdict) || isIgnoredBySetting(ignored, file, name) || isIgnoredByComment(line, textOf)
}

/**
 * Ids of a run's layers whose hints are ignored: by the setting, or by a comment in an open document.
 * @param lineOf gives the line that defines a layer in an open document, counted from 0
 */
export function ignoredLayers(
  { layers }: RunState,
  lineOf: (layer: string, document: vscode.TextDocument) => number | null,
): string[] {
  const documents = new Map(vscode.workspace.textDocuments.map((document) => [fileKey(document.fileName), document]))
  return layers.flatMap(({ id, name, site }) => {
    const uri = site && vscode.Uri.file(site.file)
    if (!uri) return []
    const { ignored } = hintSettings({ uri })
    if (isIgnoredBySetting(ignored, fileOf({ uri }), name)) return [id]
    const document = documents.get(fileKey(site.file))
    const line = document ? lineOf(id, document) : null
    return document && line !== null && isIgnoredByComment(line, (n) => document.lineAt(n).text) ? [id] : []
  })
}

/** How the setting names a file: relative to its workspace folder, with `/`. */
export function fileOf({ uri }: Pick<vscode.TextDocument, 'uri'>): string {
  return vscode.workspace.asRelativePath(uri, false).replaceAll('\\', '/')
}
