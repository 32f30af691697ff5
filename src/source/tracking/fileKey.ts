import { realpathSync } from 'node:fs'

/**
 * The same text for every path of one file: Node names modules by their real path, the editor by the one a person
 * opened. Paths of no file are kept as they are.
 */
export function fileKey(path: string): string {
  let real = path
  try {
    real = realpathSync.native(path)
  } catch {
    // A file that is gone can still be compared by name.
  }
  return process.platform === 'win32' ? real.toLowerCase() : real
}
