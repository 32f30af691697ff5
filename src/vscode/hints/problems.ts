import * as vscode from 'vscode'
import type { Annotation } from '../lenses/annotations.ts'

/** By which the list of problems names us. */
export const DIAGNOSTIC_SOURCE = 'Saturation'

/** States that are problems; a healthy layer, or one that is not judged yet, is none. */
const SEVERITIES: Partial<Record<Annotation['state'], vscode.DiagnosticSeverity>> = {
  underused: 2,
  crowded: 2,
  several: 2,
  dead: 1,
  'non-finite': 1,
}

/** The entry in the list of problems for a line's hint; null where the hint is no problem. */
export function problemOf(document: vscode.TextDocument, annotation: Annotation): vscode.Diagnostic | null {
  const { line, plainTitle, state, actions } = annotation
  const severity = SEVERITIES[state]
  if (severity === undefined || actions.length === 0 || line >= document.lineCount) return null
  const { text, firstNonWhitespaceCharacterIndex: start } = document.lineAt(line)
  const range = new vscode.Range(line, start, line, text.trimEnd().length)
  const diagnostic = new vscode.Diagnostic(range, plainTitle, severity)
  diagnostic.source = DIAGNOSTIC_SOURCE
  diagnostic.code = state
  return diagnostic
}
