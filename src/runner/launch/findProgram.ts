import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'
import { upwards } from './packageScript.ts'

/**
 * Absolute path of the program that a command names: one of the project's packages, as for the scripts of its package.json,
 * or one on the PATH.
 * @returns null where there is none, or the name is a path.
 */
export function findProgram(name: string, cwd: string): string | null {
  if (path.basename(name) !== name) return null
  const ofPackages = upwards(cwd).map((folder) => path.join(folder, 'node_modules', '.bin'))
  const folders = [...ofPackages, ...(process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)]
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
