import { readdirSync } from 'node:fs'
import path from 'node:path'
import { readRecord, type RunRecord } from './record.ts'
import { runFolders } from './savedRuns.ts'

/** The extension's folder in the storage that the editor keeps for each workspace. */
const EXTENSION = 'saturation.saturation-inspector'
/** Folders of servers of remote windows in the home folder: `.vscode-server`, `.vscodium-server`. */
const SERVER = /^\..+-server(-.+)?$/

/** Where an operating system keeps the settings of programs. */
export interface Home {
  platform: NodeJS.Platform
  /** Absolute path of the user's home folder. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
}

/** The runs that VS Code and editors made of it have saved in any workspace, the latest first. */
export function editorRuns(home: Home): RunRecord[] {
  const records = workspaceStorages(home)
    .flatMap((storage) => entries(storage).map((workspace) => path.join(storage, workspace, EXTENSION)))
    .flatMap(runFolders)
    .flatMap((folder) => readRecord(folder) ?? [])
  // Ids sort by the time at which they were made.
  return records.sort((a, b) => (a.id < b.id ? 1 : -1))
}

function workspaceStorages(home: Home): string[] {
  const settings = settingsFolder(home)
  const servers = entries(home.folder).filter((name) => SERVER.test(name))
  const editors = [
    ...entries(settings).map((editor) => path.join(settings, editor)),
    ...servers.map((server) => path.join(home.folder, server, 'data')),
  ]
  return editors.map((editor) => path.join(editor, 'User', 'workspaceStorage'))
}

function settingsFolder({ platform, folder, env }: Home): string {
  if (platform === 'darwin') return path.join(folder, 'Library', 'Application Support')
  if (platform === 'win32') return env['APPDATA'] ?? path.join(folder, 'AppData', 'Roaming')
  return env['XDG_CONFIG_HOME'] || path.join(folder, '.config')
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
