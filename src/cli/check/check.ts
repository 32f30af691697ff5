import { checkLimits, type Limits } from '../../comparison/limits.ts'
import { limitNotes, limitsMarkdown, limitsTable, limitsVerdict } from '../../presentation/comparison/limitsTable.ts'
import { runName } from '../../presentation/runName.ts'
import { colorsFor } from '../console/colors.ts'
import { textTable } from '../console/plainTable.ts'
import { UsageError } from '../console/usageError.ts'
import { writeSummary } from '../console/writeSummary.ts'
import { readDigest } from '../report/readDigest.ts'

/** Options of `saturation check`. */
export interface CheckFlags extends Limits {
  json?: true
  markdown?: string
}

/** Exit code where a limit does not hold. */
const DOES_NOT_HOLD = 1

/**
 * Checks whether a recorded run keeps limits.
 * @returns 0 where all hold, 1 where one does not, or the training failed.
 * @throws UsageError when no limit is given, the log cannot be read, or the summary cannot be written.
 */
export async function checkLog(log: string, { json, markdown, ...limits }: CheckFlags): Promise<number> {
  if (Object.keys(limits).length === 0)
    throw new UsageError(
      'There is no limit to check: give one, such as --max-underused 2 or --min-saturation 0.2. (Whether Node and TensorFlow.js are there is checked by saturation check-setup.)',
    )
  const { state } = await readDigest(log)
  const checked = checkLimits(state, limits)
  const colors = colorsFor(process.stdout)
  const text = json
    ? JSON.stringify(checked, null, 2)
    : [
        textTable(limitsTable(checked), ['limit', '']),
        ...limitNotes(checked).map((note) => colors.dim(note)),
        (checked.holds ? colors.green : colors.red)(limitsVerdict(checked)),
      ].join('\n')
  process.stdout.write(`${text}\n`)
  if (markdown !== undefined) writeSummary(markdown, limitsMarkdown(checked, runName(state)))
  return checked.holds ? 0 : DOES_NOT_HOLD
}
