/**
 * Finds programs on the search path.
 */
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/**
 * Returns the first of the named programs that is on the search path.
 * @param {string[]} names in order of preference
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} its path
 */
export function findOnPath(names, env = process.env) {
  const folders = (env.PATH ?? env.Path ?? '').split(path.delimiter).filter(Boolean)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  return names
    .flatMap((name) => folders.flatMap((folder) => endings.map((end) => path.join(folder, name + end))))
    .find(isExecutable)
}

/**
 * Tells whether this user may execute a file.
 * @param {string} file
 * @returns {boolean}
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
