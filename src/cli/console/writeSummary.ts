import { appendFileSync } from 'node:fs'
import { UsageError } from './usageError.ts'

/**
 * Appends a summary to a file, as the file behind `GITHUB_STEP_SUMMARY` wants it: other steps write there too.
 * @throws UsageError when the file cannot be written.
 */
export function writeSummary(file: string, markdown: string): void {
  try {
    appendFileSync(file, `${markdown}\n\n`)
  } catch (error) {
    throw new UsageError(`The summary cannot be written: ${(error as Error).message}`)
  }
}
