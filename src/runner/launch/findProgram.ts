import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'
import { upwards } from './packageScript.ts'

/**
 * Finds the program that a command names. As for the scripts of a package.json, the programs of the project's packages
 * come before those on the PATH.
 * @returns the absolute path; null when there is no such program, or the name is a path.
 */
export function findProgram(name: string, cwd: string): string | null {
  if (path.basename(name) !== name) return null
  const packageBins = upwards(cwd).map((folder) => path.join(folder, 'node_modules', '.bin'))
  const folders = [...packageBins, ...(process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)]
  return folders.map((folder) => path.resolve(cwd, folder, name)).find(isProgram) ?? null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
