import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { printLine } from '../console/terminalText.ts'
import { UsageError } from '../console/usageError.ts'

/** Checks before a training that its page can be put there. @throws UsageError when there is no such folder. */
export function checkPage(file: string | undefined): void {
  if (file === undefined) return
  const folder = path.dirname(path.resolve(file))
  if (!existsSync(folder)) throw new UsageError(`${file} cannot be written: there is no folder ${folder}.`)
}

/** Writes a page; nothing without a file. Where that fails, the result is in the terminal all the same. */
export function writePage(file: string | undefined, page: () => string): void {
  if (file === undefined) return
  try {
    writeFileSync(file, page())
  } catch (error) {
    printLine(process.stderr, `saturation: ${file} cannot be written: ${(error as Error).message}`)
  }
}
