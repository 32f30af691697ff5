import * as vscode from 'vscode'
import type { VerdictKind } from '../../advice/verdictKind.ts'
import { SETTINGS, SETTINGS_SECTION } from '../names.ts'

/** The states that the setting knows, each for one or more verdicts. */
const STATES: Readonly<Record<VerdictKind, string>> = {
  underused: 'underused',
  crowded: 'crowded',
  limited: 'limited',
  settling: 'settling',
  healthy: 'healthy',
  output: 'output',
  dead: 'dead',
  'non-finite': 'dead',
  provisional: 'measuring',
  'warming up': 'measuring',
  'not trained': 'measuring',
  'not measured': 'notMeasured',
}

/** Where a hint is shown. */
export type HintForm = 'lens' | 'endOfLine' | 'gutter' | 'problems'

/** What the settings say of hints in a document. */
export interface HintSettings {
  shows(verdict: VerdictKind): boolean
  has(form: HintForm): boolean
  /** Files and layers without hints: `model.js`, `model.js#hidden2`. */
  ignored: readonly string[]
}

/** Reads the settings of a document's hints. */
export function hintSettings({ uri }: Pick<vscode.TextDocument, 'uri'>): HintSettings {
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION, uri)
  const states = settings.get<Record<string, boolean>>(SETTINGS.hintStates, {})
  const forms = settings.get<Record<string, boolean>>(SETTINGS.hintForms, {})
  const ignored = settings.get<unknown[]>(SETTINGS.hintIgnore, [])
  return {
    // A settings file holds only what differs from the defaults.
    shows: (verdict) => states[STATES[verdict]] ?? true,
    has: (form) => forms[form] ?? form === 'lens',
    ignored: ignored.filter((entry) => typeof entry === 'string'),
  }
}

/** Hides files or layers from now on, in the workspace's settings. */
export async function ignoreAlso(entries: readonly string[]): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION)
  const before = settings.inspect<string[]>(SETTINGS.hintIgnore)?.workspaceValue ?? []
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global
  await settings.update(SETTINGS.hintIgnore, [...new Set([...before, ...entries])], target)
}

/** Hides a state everywhere from now on, in the user's settings. */
export async function hideState(verdict: VerdictKind): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION)
  const before = settings.inspect<Record<string, boolean>>(SETTINGS.hintStates)?.globalValue ?? {}
  const states = { ...before, [STATES[verdict]]: false }
  await settings.update(SETTINGS.hintStates, states, vscode.ConfigurationTarget.Global)
}
