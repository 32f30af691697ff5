import { colorsFor } from '../console/colors.ts'
import { reportOf } from '../../report/report.ts'
import { readDigest } from './readDigest.ts'
import { renderReport } from './renderReport.ts'

/**
 * Prints the report of a log on the standard output, as a table or as JSON.
 * @param run the log, or the run's folder or name, as for `findLog`
 * @returns the exit code
 * @throws UsageError when there is no such run, or when the file cannot be read or holds no event.
 */
export async function reportLog(run: string, { json }: { json?: boolean }): Promise<number> {
  const digest = await readDigest(run)
  const report = reportOf(digest)
  const text = json
    ? JSON.stringify(report, null, 2)
    : renderReport(report, colorsFor(process.stdout), process.stdout.columns)
  process.stdout.write(text + '\n')
  return 0
}
