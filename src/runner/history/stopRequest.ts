import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Absolute path of the file by which another session asks the one that watches a run to stop it. */
function stopFile(folder: string): string {
  return path.join(folder, 'stop')
}

/** Asks the session that watches the run in a folder to stop it. @returns false when that cannot be written. */
export function requestStop(folder: string): boolean {
  try {
    writeFileSync(stopFile(folder), '', { mode: 0o600 })
    return true
  } catch {
    return false
  }
}

/** Whether another session has asked to stop the run in a folder. Never throws. */
export function stopIsRequested(folder: string): boolean {
  return existsSync(stopFile(folder))
}
