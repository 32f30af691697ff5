import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never returns where the system says that a
 * folder is missing in one that exists, as in /proc (Node 20 and 22).
 * @throws the file system's error, also where there is a file of that name.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  let above = path.resolve(folder)
  for (; !statSync(above, { throwIfNoEntry: false }); above = path.dirname(above)) missing.unshift(above)
  for (const one of missing) makeOne(one)
  // A file of that name.
  if (missing.length === 0 && !statSync(above).isDirectory()) mkdirSync(above)
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
