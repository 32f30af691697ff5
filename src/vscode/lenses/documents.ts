import { stat } from 'node:fs/promises'
import * as vscode from 'vscode'
import { readSource } from '../../source/background/readSource.ts'
import type { FileOnDisk } from '../../source/tracking/sourceSnapshot.ts'
import { SETTINGS, SETTINGS_SECTION } from '../names.ts'

const LANGUAGES = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact']

/**
 * JavaScript and TypeScript files on disk, and components, which have a language only if an extension for it is
 * installed. The scheme excludes the cells of notebooks.
 */
export const CODE_FILES: vscode.DocumentFilter[] = [
  ...LANGUAGES.map((language) => ({ language, scheme: 'file' })),
  { pattern: '**/*.{vue,svelte}', scheme: 'file' },
]

/** Files on disk that may hold a program's configuration. */
export const CONFIGURATION_FILES: vscode.DocumentFilter = { pattern: '**/*.json', scheme: 'file' }

/** All package.json files on disk. */
export const PACKAGE_FILES: vscode.DocumentFilter = { language: 'json', scheme: 'file', pattern: '**/package.json' }

/** Whether lenses are switched on for a document. */
export function lensesEnabled(document: vscode.TextDocument): boolean {
  return vscode.workspace.getConfiguration(SETTINGS_SECTION, document).get(SETTINGS.codeLensEnabled, true)
}

/** Reads a source file and the time of its last change; null when it cannot be read, or is no regular file. */
export async function readFromDisk(path: string): Promise<FileOnDisk | null> {
  try {
    const text = readSource(path)
    if (text === null) return null
    // The time is read last. If the file changes in between, an old text gets a new time and looks stale; the other way
    // round, a new text would get an old time and look up to date.
    return { text, modified: (await stat(path)).mtimeMs }
  } catch {
    return null
  }
}
