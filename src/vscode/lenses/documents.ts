import { readFile, stat } from 'node:fs/promises'
import * as vscode from 'vscode'
import type { FileOnDisk } from '../../source/tracking/sourceSnapshot.ts'

/** Code files on disk; a notebook's cells have a scheme of their own. */
export const CODE_FILES: vscode.DocumentFilter[] = [
  'javascript',
  'typescript',
  'javascriptreact',
  'typescriptreact',
].map((language) => ({ language, scheme: 'file' }))

/** True when lenses may be shown in a document. */
export function lensesEnabled(document: vscode.TextDocument): boolean {
  return vscode.workspace.getConfiguration('saturation', document).get('codeLens.enabled', true)
}

/** A file with the time of its last change; null when it cannot be read. */
export async function readFromDisk(path: string): Promise<FileOnDisk | null> {
  try {
    const text = await readFile(path, 'utf8')
    // The time last: a change in between makes a text that is right look stale, never a wrong one look right.
    return { text, modified: (await stat(path)).mtimeMs }
  } catch {
    return null
  }
}
