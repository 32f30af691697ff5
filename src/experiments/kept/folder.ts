import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeFolder } from '../../learned/makeFolder.ts'
import { ExperimentError } from '../experimentError.ts'

/** Makes the folder of an experiment's logs and weights. @throws ExperimentError when it cannot be written. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(folder)
    // Logs and weights belong to this machine, not to the project's history.
    const ignore = path.join(folder, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  } catch (error) {
    const why = (error as Error).message
    throw new ExperimentError(`Logs and weights cannot be kept in ${folder}: ${why}. Choose another with --dir.`)
  }
}
