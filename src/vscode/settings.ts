import * as v from 'valibot'
import * as vscode from 'vscode'
import type { Thresholds } from '../advice/verdict.ts'
import { DEFAULT_OPTIONS, MeasureOptions } from '../protocol/measureOptions.ts'
import type { RunRequest } from '../runner/launch/launch.ts'

/** Milliseconds a training process lives on without an editor: long enough for a window to reload. */
const ORPHAN_AFTER = 30_000

function setting<T>(name: string): T {
  return vscode.workspace.getConfiguration('saturation').get<T>(name) as T
}

/** Where underused and crowded begin, as shares in [0, 1]. */
export function thresholds(): Thresholds {
  return { underused: setting<number>('underusedBelow') / 100, crowded: setting<number>('crowdedAbove') / 100 }
}

/** Whatever is not an option, or has a wrong value, is left at its default: VS Code marks it in the settings file. */
function measureOptions(): MeasureOptions {
  const chosen = v.safeParse(MeasureOptions, setting<unknown>('measure') ?? {})
  return chosen.success ? chosen.output : DEFAULT_OPTIONS
}

/** The settings that a run is started with; `node` is empty for the one on the PATH. */
export function runSettings(): Pick<RunRequest, 'options'> & { node?: string } {
  const node = setting<string>('node').trim()
  return {
    ...(node ? { node } : {}),
    options: {
      delta: setting<number>('delta') / 100,
      measure: measureOptions(),
      budget: setting<number>('budget') / 100,
      completeWasm: setting<boolean>('completeWasm'),
      orphanAfter: setting<boolean>('keepTrainingWithoutEditor') ? null : ORPHAN_AFTER,
    },
  }
}
