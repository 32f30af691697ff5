import { lstatSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs'
import path from 'node:path'
import { UsageError } from '../console/usageError.ts'

/** Symbolic links that are followed at most. */
const MAX_LINKS = 40

/** Where a log is written. */
export interface LogTarget {
  /** Absolute path without symbolic links in its last part: a link is written through and never replaced. */
  path: string
  /** False for a character device, such as /dev/null: it is written as it is, and nothing is put beside it. */
  isFile: boolean
}

/** Finds where a log of this name is written. @throws UsageError when no log can be written there. */
export function logTarget(file: string): LogTarget {
  const target = followLinks(path.resolve(file), file)
  const stats = statSync(target, { throwIfNoEntry: false })
  if (stats === undefined || stats.isFile()) return { path: target, isFile: true }
  if (stats.isCharacterDevice()) return { path: path.resolve(file), isFile: false }
  throw new UsageError(`The log ${file} cannot be written: it is ${kindOf(stats)}. Name a file.`)
}

/** Follows links by hand where the last one leads to a file that does not exist yet. */
function followLinks(start: string, file: string): string {
  let target = start
  for (let links = 0; links < MAX_LINKS; links++) {
    try {
      return realpathSync(target)
    } catch (error) {
      const isLink = lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') break
      if (!isLink) return target
      target = path.resolve(path.dirname(target), readlinkSync(target))
    }
  }
  throw new UsageError(`The log ${file} cannot be written: its symbolic links lead nowhere. Name a file.`)
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isSocket()) return 'a socket'
  return 'a device that holds data'
}
