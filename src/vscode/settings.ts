import * as v from 'valibot'
import * as vscode from 'vscode'
import type { Thresholds } from '../advice/verdictKind.ts'
import { DEFAULT_OPTIONS, MeasureOptions } from '../protocol/measureOptions.ts'
import type { RunRequest } from '../runner/launch/runRequest.ts'
import { SETTINGS, SETTINGS_SECTION } from './names.ts'

/** Milliseconds that a training process lives on without an editor: long enough for a window to reload. */
const ORPHAN_AFTER_MS = 30_000

/** Bytes of a megabyte. */
const BYTES_PER_MB = 1e6

function setting<T>(name: (typeof SETTINGS)[keyof typeof SETTINGS]): T {
  return vscode.workspace.getConfiguration(SETTINGS_SECTION).get<T>(name) as T
}

/** Calls back when any of our settings has changed. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTINGS_SECTION)) listener()
  })
}

/** The saturation below which a layer is underused, and that above which it is crowded, as shares in [0, 1]. */
export function thresholds(): Thresholds {
  return {
    underused: setting<number>(SETTINGS.underusedBelow) / 100,
    crowded: setting<number>(SETTINGS.crowdedAbove) / 100,
  }
}

/**
 * The options of the setting `measure`; the defaults if one of them is invalid: VS Code marks it in the settings file.
 */
function measureOptions(): MeasureOptions {
  const chosen = v.safeParse(MeasureOptions, setting<unknown>(SETTINGS.measure) ?? {})
  return chosen.success ? chosen.output : DEFAULT_OPTIONS
}

/** Most bytes of weights that are kept. */
function weightsLimit(): number {
  return setting<number>(SETTINGS.keepWeightsLimit) * BYTES_PER_MB
}

/** The settings that a run is started with; `node` is left out for the one on the PATH. */
export function runSettings(): Pick<RunRequest, 'options'> & { node?: string } {
  const node = setting<string>(SETTINGS.node).trim()
  return {
    ...(node ? { node } : {}),
    options: {
      delta: setting<number>(SETTINGS.delta) / 100,
      measure: measureOptions(),
      budget: setting<number>(SETTINGS.budget) / 100,
      completeWasm: setting<boolean>(SETTINGS.completeWasm),
      ...(setting<boolean>(SETTINGS.keepWeights) ? { keepWeights: weightsLimit() } : {}),
      orphanAfter: setting<boolean>(SETTINGS.keepTrainingWithoutEditor) ? null : ORPHAN_AFTER_MS,
    },
  }
}

/** Name of the metric by which runs are compared; null for the one that counts. */
export function chosenMetric(): string | null {
  return setting<string>(SETTINGS.metric).trim() || null
}

/** Chooses the metric by which runs are compared, for the workspace if one is open. @param name null for the one that counts */
export async function chooseMetric(name: string | null): Promise<void> {
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global
  await vscode.workspace.getConfiguration(SETTINGS_SECTION).update(SETTINGS.metric, name ?? undefined, target)
}

/** Whether auto attach is switched on. */
export function autoAttachEnabled(): boolean {
  return setting<boolean>(SETTINGS.autoAttach) === true
}

/** Switches auto attach on or off: in the workspace's settings if it is set there, else in the user's. */
export async function setAutoAttach(on: boolean): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION)
  const { workspaceValue } = settings.inspect<boolean>(SETTINGS.autoAttach) ?? {}
  const target = workspaceValue === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace
  await settings.update(SETTINGS.autoAttach, on, target)
}
