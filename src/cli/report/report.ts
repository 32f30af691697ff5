import { colorsFor } from '../console/colors.ts'
import { reportOf } from '../../report/report.ts'
import { readDigest } from './readDigest.ts'
import { renderReport } from './renderReport.ts'
import { printJson, printLine } from '../console/terminalText.ts'

/**
 * Prints the report of a log on the standard output, as a table or as JSON.
 * @param run the log, or the run's folder or name, as for `findLog`
 * @returns the exit code
 * @throws UsageError when there is no such run, or when the file cannot be read or holds no event.
 */
export async function reportLog(run: string, { json }: { json?: boolean }): Promise<number> {
  const digest = await readDigest(run)
  const report = reportOf(digest)
  if (json) printJson(report)
  else printLine(process.stdout, renderReport(report, colorsFor(process.stdout), process.stdout.columns))
  return 0
}
