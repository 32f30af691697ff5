import { existsSync, readdirSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { editorRuns } from '../runner/history/editorRuns.ts'
import { foldLog } from '../runner/history/savedRuns.ts'
import type { RunState } from '../run/state.ts'
import type { KnownRun, RunSource } from './runSource.ts'

/** Runs that are listed at most, the latest. */
const MAX_RUNS = 100
/** Folders of logs within a project, whose folders have logs in turn. */
const STUDIES = ['.saturation/rightsize', '.saturation/try']

/** The runs whose logs lie in a folder, in its studies, or in the editor's history. */
export class SavedRuns implements RunSource {
  readonly #folder: string

  /** @param folder absolute path */
  constructor(folder: string) {
    this.#folder = folder
  }

  list(): Promise<readonly KnownRun[]> {
    const saved = editorRuns({ platform: process.platform, folder: os.homedir(), env: process.env })
    const logs = [this.#folder, ...this.#studies()].flatMap(logsIn)
    const found = [
      ...saved.map(({ id, log }) => ({ id, log })),
      ...logs.map((log) => ({ id: path.relative(this.#folder, log).replaceAll('\\', '/'), log })),
    ]
    const dated = found
      .map((run) => ({ ...run, time: statSync(run.log, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.time - a.time)
      .slice(0, MAX_RUNS)
    return Promise.resolve(dated.map(({ id, log }) => ({ id, state: () => stateOf(log) })))
  }

  #studies(): string[] {
    return STUDIES.map((name) => path.join(this.#folder, name)).flatMap((folder) =>
      entries(folder).map((study) => path.join(folder, study)),
    )
  }
}

/** @returns null where the file is missing, or no log of a run. */
async function stateOf(log: string): Promise<RunState | null> {
  const state = existsSync(log) ? await foldLog(log).catch(() => null) : null
  return state === null || state.startedAt === null ? null : state
}

function logsIn(folder: string): string[] {
  return entries(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => path.join(folder, name))
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
