import path from 'node:path'
import { narrowEarly } from '../../experiments/early.ts'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { prepareFolder } from '../../experiments/kept/folder.ts'
import { rightsize, type RightsizeOptions } from '../../experiments/rightsize.ts'
import { colorsFor } from '../console/colors.ts'
import { printJson, printLine } from '../console/terminalText.ts'
import { UsageError } from '../console/usageError.ts'
import { chooseMode } from './chooseMode.ts'
import type { RightsizeFlags } from './flags.ts'
import { renderFrontier } from './frontierTable.ts'
import { rightsizeJson } from './rightsizeJson.ts'
import { announce, Trainings } from './trainings.ts'

/** Exit code where no network is recommended. */
const NOTHING_RECOMMENDED = 1

/**
 * Trains a script's network, others that inherit from it, and prints how good each is, with a recommendation.
 * @returns 0; 1 where nothing is recommended; the code of a training that was interrupted.
 * @throws UsageError when nothing can be compared; LaunchError when nothing was started.
 */
export async function rightsizeScript(script: string, args: string[], flags: RightsizeFlags): Promise<number> {
  const folder = flags.dir ?? path.join('.saturation', 'rightsize', path.parse(script).name)
  const { from: _from, ...ownFlags } = flags
  const command = { script, args, flags: ownFlags }
  const trainings = new Trainings(command, folder)
  const { metric = null, fromScratch = false, repeatBaseline = false, seconds, epochs = null } = flags
  const options: RightsizeOptions = { metric, fromScratch, repeatBaseline, seconds }
  try {
    prepareFolder(folder)
    const { mode, known, why } = await chooseMode(script, flags, trainings, folder)
    if (why !== null) announce(why)
    const result =
      mode === 'early'
        ? await narrowEarly(trainings.train, { ...options, epochs }, known)
        : await rightsize(trainings.train, options, known)
    if (flags.json) printJson(rightsizeJson(result, command))
    else printLine(process.stdout, renderFrontier(result, command, colorsFor(process.stdout)))
    return result.recommended ? 0 : NOTHING_RECOMMENDED
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error
    if (trainings.interruptedWith === null) throw new UsageError(error.message)
    announce(error.message)
    return trainings.interruptedWith
  }
}
