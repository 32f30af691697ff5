import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { canNarrowEarly } from '../../experiments/early.ts'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { readTraining, type Training } from '../../experiments/training.ts'
import { completeScriptPath } from '../../runner/launch/findScript.ts'
import { findLog } from '../console/findLog.ts'
import type { RightsizeFlags } from './flags.ts'
import type { Trainings } from './trainings.ts'

/** How a network is right-sized: by a search over several trainings, or early within one. */
type Mode = 'full' | 'early'

/** What is done, from which training of the wide network. */
export interface Chosen {
  readonly mode: Mode
  /** A training of the wide network that is there already; null where none is, or the search finds it by itself. */
  readonly known: Training | null
  /** Why, in a sentence; null where a person has chosen. */
  readonly why: string | null
}

/** The file that keeps the mode of an experiment, so that the same command goes on with what it has begun. */
const MODE_FILE = 'mode.json'

/**
 * Chooses how to right-size, and notes it in the folder: early where the wide network was trained before, because one
 * further training is enough then; by a search otherwise.
 * @throws ExperimentError when the run of `--from` is no training of this script.
 */
export async function chooseMode(
  script: string,
  flags: RightsizeFlags,
  trainings: Trainings,
  folder: string,
): Promise<Chosen> {
  const from = flags.from === undefined ? null : await earlierTraining(flags.from, script, flags)
  const baseline = from ?? (await trainings.find({ name: 'baseline', overrides: [], inherit: null, task: null }))
  const chosen = choose(flags, from, baseline, readMode(folder))
  writeFileSync(path.join(folder, MODE_FILE), `${JSON.stringify({ mode: chosen.mode })}\n`)
  return chosen
}

function choose(flags: RightsizeFlags, from: Training | null, baseline: Training | null, begun: Mode | null): Chosen {
  if (flags.early) return { mode: 'early', known: baseline, why: null }
  if (flags.full || !baseline || (!from && begun === 'full')) return { mode: 'full', known: from, why: null }
  if (!canNarrowEarly(baseline)) {
    const why = `${baseline.log} has too few epochs to narrow the network early in so many, so several trainings are compared.`
    return { mode: 'full', known: from, why }
  }
  const why = `the wide network was trained before (${baseline.log}), so a narrower one is made early in one further training; --full compares several trainings.`
  return { mode: 'early', known: baseline, why }
}

function readMode(folder: string): Mode | null {
  const file = path.join(folder, MODE_FILE)
  if (!existsSync(file)) return null
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { mode?: unknown }).mode === 'full' ? 'full' : 'early'
  } catch {
    return null
  }
}

/** The training of an earlier run. @param run as a person names it: its log, or its folder */
async function earlierTraining(run: string, script: string, { set = [], npm }: RightsizeFlags): Promise<Training> {
  const log = findLog(run)
  const training = await readTraining(log)
  if (!training) {
    const why = existsSync(log) ? 'the log does not say how it ended' : 'there is no log of that name'
    throw new ExperimentError(`${run} is no training to begin from: ${why}.`)
  }
  const { state } = training
  const trained = npm ? state.packageScript : state.script
  if (trained !== (npm ? script : completeScriptPath(script, process.cwd())))
    throw new ExperimentError(`${run} is no training of ${script}: it ran ${trained}.`)
  if (state.ended?.how !== 'completed')
    throw new ExperimentError(`${run} is no training to begin from: it did not end well. ${state.ended?.message ?? ''}`)
  if (!isDeepStrictEqual(state.overrides, set))
    throw new ExperimentError(`${run} was trained with other values of --set: give the same, or none if it had none.`)
  return training
}
