import { realpathSync } from 'node:fs'

/**
 * A key that is equal for all paths of one file. Node uses a module's real path, but the editor uses the path that the
 * user opened, which may contain symbolic links. The key of a path without a file is the path.
 */
export function fileKey(path: string): string {
  let real = path
  try {
    real = realpathSync.native(path)
  } catch {
    // A file that does not exist any more can still be compared by its path.
  }
  return process.platform === 'win32' ? real.toLowerCase() : real
}
