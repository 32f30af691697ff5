import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { recommendedOfSweep, type Sweep } from '../../comparison/sweep/sweep.ts'
import { prepareFolder } from '../../experiments/kept/folder.ts'
import { chanceWords, sweepClosing } from '../../presentation/sweep/sweepWords.ts'
import { sweepPage } from '../../report/html/sweepPage.ts'
import { sweepJson } from '../../report/sweepJson.ts'
import { printJson, printLine } from '../console/terminalText.ts'
import { UsageError } from '../console/usageError.ts'
import { reproduce } from '../rightsize/reproduce.ts'
import type { SweepFlags } from './flags.ts'
import { keepPlan, plannedNetworks } from './planned.ts'
import { renderSweep } from './renderSweep.ts'
import { runStudy, studyFolder } from './studyCommand.ts'

/**
 * Trains a script with each of several settings, several trainings at a time, and compares them with the script as it is.
 * @returns 0; 130 where it was interrupted.
 * @throws UsageError when nothing is varied, the script as it is fails, or no trial can be started.
 */
export async function sweepScript(script: string, args: string[], flags: SweepFlags): Promise<number> {
  const folder = studyFolder('sweep', script, flags.dir)
  const networks = plannedNetworks(flags, folder)
  asUsageErrors(() => {
    prepareFolder(folder)
    keepPlan(folder, networks)
  })
  const title = `Sweep of ${path.basename(script)}`
  const draw = (sweep: Sweep): void => writePage(flags.html, sweepPage(title, sweep, []))
  const { sweep, interruptedWith } = await runStudy({ script, args, flags }, networks, folder, flags.earlyStop, draw)
  const recommended = recommendedOfSweep(sweep)
  const again =
    recommended &&
    reproduce(
      { overrides: recommended.overrides, inherits: null },
      { script, args, flags: { ...flags, set: [], seconds: 0, live: true } },
    )
  draw(sweep)
  if (flags.json) printJson({ ...sweepJson(sweep), recommended: recommended?.name ?? null, command: again })
  else {
    const closing = sweepClosing(recommended, again, interruptedWith !== null)
    const table = sweep.networks.length === 0 ? [] : [renderSweep(sweep), '', ...chanceWords(sweep)]
    printLine(process.stdout, [...table, ...closing].join('\n'))
  }
  return interruptedWith ?? 0
}

/** Writes a page; nothing without a file. @throws UsageError when the file cannot be written. */
export function writePage(file: string | undefined, page: string): void {
  if (file === undefined) return
  try {
    writeFileSync(file, page)
  } catch (error) {
    throw new UsageError(`The page cannot be written to ${file}: ${(error as Error).message}. The trials are kept.`)
  }
}

/** Errors before anything was started, as the user can correct them. */
export function asUsageErrors(work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
