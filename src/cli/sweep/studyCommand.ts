import path from 'node:path'
import { sweepOf, type Sweep } from '../../comparison/sweep/sweep.ts'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { prepareFolder } from '../../experiments/kept/folder.ts'
import { Study, type StudyPlan } from '../../experiments/sweep/study.ts'
import type { TrialResult } from '../../experiments/sweep/trials.ts'
import type { TriedCandidate } from '../../experiments/tryCandidates.ts'
import type { RunState } from '../../run/state.ts'
import { listTrial } from '../../runner/history/savedRuns.ts'
import { announce } from '../rightsize/trainings.ts'
import { UsageError } from '../console/usageError.ts'
import type { StudyFlags } from './flags.ts'
import { poolOf } from './pool.ts'
import { ProgressLine } from './progressLine.ts'

/** Exit code of a command that was interrupted, as shells have it. */
const INTERRUPTED_EXIT_CODE = 130

/** A study that has ended or was interrupted. */
export interface EndedStudy {
  readonly sweep: Sweep
  /** The script as it is; null where it has not been trained. */
  readonly baseline: RunState | null
  /** Exit code where it was interrupted; null where all trials have ended. */
  readonly interruptedWith: number | null
}

/**
 * Trains networks of a script as trials, of this machine or an engine.
 * @param folder absolute path
 * @param shown called with the networks so far, after each trial
 * @throws UsageError when the script as it is fails, or no trial can be started.
 */
export async function runStudy(
  { script, args, flags }: { script: string; args: readonly string[]; flags: StudyFlags },
  networks: readonly TriedCandidate[],
  folder: string,
  givesUp: boolean,
  shown: (sweep: Sweep) => void,
): Promise<EndedStudy> {
  const interrupt = new AbortController()
  const onSignal = (): void => {
    if (!interrupt.signal.aborted) announce('ending the trials that run; what has ended is kept')
    interrupt.abort()
  }
  const npm = flags.npm ?? false
  const progress = new ProgressLine(process.stderr)
  let shownTrials = -1
  const sweepSoFar = (results: readonly TrialResult[]): Sweep =>
    sweepOf(
      results.map(({ trial: { network }, outcome, state }) => ({ ...outcome, network, state })),
      flags.metric ?? null,
    )
  try {
    prepareFolder(folder)
    const plan: StudyPlan = {
      program: { script, args, npm },
      networks,
      set: flags.set ?? [],
      repeats: flags.seeds,
      metric: flags.metric ?? null,
      givesUp,
      folder,
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
    const pool = await poolOf({ script, args, node: flags.node, npm }, flags, folder)
    try {
      const study = new Study(plan, pool, interrupt.signal, (now) => {
        progress.show(now)
        if (now.results.length === shownTrials) return
        listInHistory(flags.history, folder, now.results.slice(Math.max(shownTrials, now.earlier, 0)))
        shownTrials = now.results.length
        if (shownTrials > 0) shown(sweepSoFar(now.results))
      })
      const results = await study.run()
      const interruptedWith = interrupt.signal.aborted ? INTERRUPTED_EXIT_CODE : null
      return { sweep: sweepSoFar(results), baseline: results[0]?.state ?? null, interruptedWith }
    } finally {
      pool.dispose()
    }
  } catch (error) {
    if (error instanceof ExperimentError) throw new UsageError(error.message)
    throw error
  } finally {
    progress.close()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** Lists trials among the runs of an editor, which can do without. */
function listInHistory(history: string | undefined, folder: string, results: readonly TrialResult[]): void {
  if (history === undefined) return
  try {
    for (const { trial, state } of results) listTrial(history, state.script, path.join(folder, `${trial.file}.jsonl`))
  } catch (error) {
    announce(`the trials cannot be listed in the editor: ${(error as Error).message}`)
  }
}

/** Folder of a study of a script. @returns an absolute path */
export function studyFolder(kind: 'sweep' | 'resolution', script: string, dir: string | undefined): string {
  return path.resolve(dir ?? path.join('.saturation', kind, path.parse(script).name))
}
