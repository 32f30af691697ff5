import { existsSync } from 'node:fs'
import path from 'node:path'
import { compareRuns, type Comparison, type Trained } from '../../comparison/compareRuns.ts'
import { recommendedNetwork } from '../../comparison/recommended.ts'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { readTraining, type Training } from '../../experiments/training.ts'
import { tryCandidates, type Study } from '../../experiments/tryCandidates.ts'
import { applyWords, WITHOUT_WEIGHTS } from '../../presentation/comparison/applyWords.ts'
import { comparisonJson } from '../../report/comparisonJson.ts'
import { weightsFileOf } from '../../runner/history/weightsFile.ts'
import type { AfterTrainingFlags } from '../afterTraining/flags.ts'
import { unknownMetric } from '../compare/compare.ts'
import { renderComparison, renderNetworks } from '../compare/renderComparison.ts'
import { colorsFor } from '../console/colors.ts'
import { findLog } from '../console/findLog.ts'
import { UsageError } from '../console/usageError.ts'
import { reproduce } from '../rightsize/reproduce.ts'
import { Trainings } from '../rightsize/trainings.ts'
import { candidatesOf } from './candidates.ts'

/** Options of `saturation try`. */
export interface TryFlags extends Omit<AfterTrainingFlags, 'log' | 'from' | 'seconds'> {
  candidate?: string[]
  seeds: number
  fromScratch?: true
  inherit?: string
  dir?: string
  metric?: string
}

/** Exit code where each candidate is worse than the script as it is, or failed. */
const NOTHING_RECOMMENDED = 1

/**
 * Trains a script with other layers than the source has, and compares these trainings with one of the script as it is.
 * @returns 0; 1 where every candidate is worse or has failed.
 * @throws UsageError when no candidate is given, the baseline fails, or a training was stopped; LaunchError when nothing
 *   was started.
 */
export async function tryScript(script: string, args: string[], flags: TryFlags): Promise<number> {
  const candidates = candidatesOf(flags.set ?? [], flags.candidate ?? [])
  const { set: _, ...own } = { ...flags, seconds: 0 }
  const command = { script, args, flags: own }
  const folder = flags.dir ?? path.join('.saturation', 'try', path.parse(script).name)
  const baseline = flags.inherit === undefined ? null : await readBaseline(flags.inherit)
  const trainings = new Trainings(command, folder)
  const { metric = null, fromScratch = false, seeds } = flags
  const compare = (networks: readonly Trained[]): Comparison => compareRuns(networks, { metric })
  const showProgress = (networks: readonly Trained[]): void => {
    process.stderr.write(`\n${renderNetworks(compare(networks))}\n\n`)
  }
  try {
    const options = { candidates, baseline, canInherit, fromScratch, seeds, metric }
    const study = await tryCandidates(trainings.train, options, flags.json ? () => undefined : showProgress)
    const comparison = compare(study.networks)
    if (metric !== null && !comparison.metric) throw new UsageError(unknownMetric(metric, comparison.known))
    const recommended = recommendedNetwork(comparison)
    const inherits = (recommended?.inherits ?? null) === null ? null : study.baseline.log
    const again = recommended && reproduce({ overrides: recommended.overrides, inherits }, command)
    const text = flags.json
      ? JSON.stringify(
          { ...comparisonJson(comparison), recommended: recommended?.name ?? null, command: again },
          null,
          2,
        )
      : [renderComparison(comparison, colorsFor(process.stdout)), '', ...closing(study, comparison, again)].join('\n')
    process.stdout.write(`${text}\n`)
    return recommended ? 0 : NOTHING_RECOMMENDED
  } catch (error) {
    if (error instanceof ExperimentError) throw new UsageError(error.message)
    throw error
  }
}

/** What to do now, in sentences. @param again the command that trains the recommended network */
function closing({ networks, isWithoutWeights }: Study, comparison: Comparison, again: string | null): string[] {
  const recommended = recommendedNetwork(comparison)
  const [run] = networks.find(({ name }) => name === recommended?.name)?.runs ?? []
  return [
    ...(isWithoutWeights ? [WITHOUT_WEIGHTS] : []),
    ...applyWords(recommended, run ?? null, process.cwd()),
    ...(again === null ? [] : [`  ${again}`]),
  ]
}

function canInherit({ log }: Training): boolean {
  return existsSync(weightsFileOf(log))
}

async function readBaseline(run: string): Promise<Training> {
  const log = findLog(run)
  const training = await readTraining(log)
  if (!training) throw new UsageError(`${run} is not the log of a run that has ended.`)
  if (!canInherit(training)) throw new UsageError(`${run} has no weights to inherit: ${weightsFileOf(log)} is missing.`)
  return training
}
