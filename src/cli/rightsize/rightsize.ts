import path from 'node:path'
import { narrowEarly } from '../../experiments/early.ts'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { baselineRequest, rightsize } from '../../experiments/rightsize.ts'
import type { AfterTrainingFlags } from '../afterTraining/flags.ts'
import { colorsFor } from '../console/colors.ts'
import { UsageError } from '../console/usageError.ts'
import { renderFrontier } from './frontierTable.ts'
import { rightsizeJson } from './rightsizeJson.ts'
import { Trainings } from './trainings.ts'
import { printJson, printLine } from '../console/terminalText.ts'

/** Options of `saturation rightsize`. */
export interface RightsizeFlags extends Omit<AfterTrainingFlags, 'log' | 'from'> {
  dir?: string
  metric?: string
  fromScratch?: true
  early?: true
  epochs?: number
}

/** Exit code where no narrower network keeps the metric. */
const NOTHING_RECOMMENDED = 1

/**
 * Trains a script's network, narrower ones that inherit from it, and prints how good each is, with a recommendation.
 * @returns 0; 1 where no narrower network keeps the metric.
 * @throws UsageError when nothing can be compared or a training was stopped; LaunchError when nothing was started.
 */
export async function rightsizeScript(script: string, args: string[], flags: RightsizeFlags): Promise<number> {
  const folder = flags.dir ?? path.join('.saturation', 'rightsize', path.parse(script).name)
  const trainings = new Trainings({ script, args, flags }, folder)
  const { metric = null, fromScratch = false, seconds, epochs = null } = flags
  const options = { metric, fromScratch, seconds }
  try {
    const result = flags.early
      ? await narrowEarly(trainings.train, { ...options, epochs }, await trainings.find(baselineRequest(options)))
      : await rightsize(trainings.train, options)
    const command = { script, args, flags }
    if (flags.json) printJson(rightsizeJson(result, command))
    else printLine(process.stdout, renderFrontier(result, command, colorsFor(process.stdout)))
    return result.recommended ? 0 : NOTHING_RECOMMENDED
  } catch (error) {
    if (error instanceof ExperimentError) throw new UsageError(error.message)
    throw error
  }
}
