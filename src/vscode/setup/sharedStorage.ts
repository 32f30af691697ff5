import { existsSync } from 'node:fs'
import path from 'node:path'

/** What VS Code puts behind the name of a workspace's storage: up to nine further windows may be open. */
const FURTHER_WINDOW = /(?<=\w)-[1-9]$/

/**
 * The folder that all windows on a workspace share. VS Code gives a workspace's storage to one window. A second one gets a
 * folder beside it, `ID-1/EXTENSION` for `ID/EXTENSION`, and so does a reloaded window whose predecessor still holds the
 * storage (`ExtensionStoragePaths` in VS Code's source). Runs in such a folder would be lost to all other windows.
 * @param storage absolute path of the storage that this window was given
 */
export function sharedStorage(storage: string): string {
  const ofWorkspace = path.dirname(storage)
  const first = ofWorkspace.replace(FURTHER_WINDOW, '')
  return first !== ofWorkspace && existsSync(first) ? path.join(first, path.basename(storage)) : storage
}
