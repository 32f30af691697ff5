import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { LaunchError } from './launchError.ts'

/**
 * Absolute path of the file that Node would run for this script. Extensions, and folders with an index file, are
 * resolved as Node does.
 * @param script absolute path, or relative to `cwd`
 * @throws LaunchError when there is no such script.
 */
export function findScript(script: string, cwd: string): string {
  const file = path.resolve(cwd, script)
  try {
    return createRequire(path.resolve(cwd, 'noop.js')).resolve(file)
  } catch {
    const folder = statSync(file, { throwIfNoEntry: false })?.isDirectory()
    if (folder) throw new LaunchError(`${file} is a folder; name the script in it that trains the model.`)
    throw new LaunchError(`There is no script ${file}.`)
  }
}

/**
 * Completes the path of a script that a process reported: `process.argv` has no extension when the person typed none.
 * @returns the path as given when no such file is found.
 */
export function completeScriptPath(script: string, cwd: string): string {
  try {
    return findScript(script, cwd)
  } catch {
    return script
  }
}
