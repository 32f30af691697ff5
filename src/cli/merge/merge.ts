import path from 'node:path'
import * as v from 'valibot'
import { readCovariances, writeCovariances, type KeptCovariance } from '../../learned/covariancesFile.ts'
import { LearnedError } from '../../learned/learnedError.ts'
import type { EventBody } from '../../protocol/events.ts'
import { PROTOCOL } from '../../protocol/events.ts'
import { Layer } from '../../protocol/layer.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import { reportOf } from '../../report/report.ts'
import { RunDigest } from '../../report/runDigest.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { Journal } from '../../runner/history/journal.ts'
import { covariancesFileOf } from '../../runner/history/weightsFile.ts'
import { measure } from '../../saturation/measure.ts'
import { colorsFor } from '../console/colors.ts'
import { findLog } from '../console/findLog.ts'
import { printJson, printLine } from '../console/terminalText.ts'
import { UsageError } from '../console/usageError.ts'
import { readDigest } from '../report/readDigest.ts'
import { renderReport } from '../report/renderReport.ts'
import { LogFiles } from '../run/logFile.ts'
import { mergeRuns, type MergedRun } from './mergeRuns.ts'

/** Options of `saturation merge`. */
export interface MergeFlags {
  json?: true
  /** File for the events of the pooled run. */
  log?: string
}

/**
 * Prints the layers of several processes that trained one network on parts of the data, as if one process had seen it all.
 * @param named logs of runs that have kept their covariances
 * @returns the exit code
 * @throws UsageError when a log or its covariances cannot be read, or no layer can be pooled.
 */
export async function mergeLogs(named: readonly string[], { json, log }: MergeFlags): Promise<number> {
  const files = named.map((each) => findLog(each))
  if (files.length < 2) throw new UsageError('Two logs or more are merged; only one was given.')
  const twice = named.find((_, i) => files.indexOf(files[i]!) !== i)
  if (twice !== undefined) throw new UsageError(`${twice} is given twice: its observations would count double.`)
  if (log !== undefined && files.some((file) => path.resolve(file) === path.resolve(log)))
    throw new UsageError(`${log} is one of the logs that are merged; name another file for the result.`)
  const runs: MergedRun[] = []
  for (const [i, file] of files.entries()) {
    const { state } = await readDigest(file)
    runs.push({ log: named[i]!, state, kept: keptOf(file, named[i]!) })
  }
  const { windows, notes } = mergeRuns(runs)
  if (windows.length === 0) throw new UsageError(['No layer can be merged.', ...notes].join(' '))
  const bodies = eventsOf(runs, windows, notes)
  if (log !== undefined) await write(log, bodies, windows)
  const digest = digestOf(bodies)
  const report = reportOf(digest)
  if (json) printJson(report)
  else printLine(process.stdout, renderReport(report, colorsFor(process.stdout), process.stdout.columns))
  return 0
}

function keptOf(log: string, named: string): KeptCovariance[] {
  const file = covariancesFileOf(log)
  try {
    return readCovariances(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UsageError(`${named} has no covariances beside it: train with \`saturation run --keep-covariances\`.`)
    if (!(error instanceof LearnedError || (error instanceof Error && 'syscall' in error))) throw error
    throw new UsageError(`${file} cannot be read: ${error.message}`)
  }
}

/** The pooled run as events, so that all views can show it. */
function eventsOf(
  runs: readonly MergedRun[],
  windows: readonly KeptCovariance[],
  notes: readonly string[],
): EventBody[] {
  const { state } = runs[0]!
  const { attached } = state
  if (!attached) throw new UsageError(`${runs[0]!.log} holds no training.`)
  const measured = windows.map((window) => measurementOf(window, attached.delta))
  const ids = new Set(windows.map(({ layer }) => layer))
  const [step, epoch] = [Math.max(...windows.map(({ steps }) => steps.last)), windows[0]!.epoch]
  const { script, args, cwd, overrides } = state
  return [
    { type: 'run started', protocol: PROTOCOL, script, args, cwd, overrides },
    { type: 'attached', ...attachedOf(attached) },
    { type: 'model', layers: state.layers.map((layer) => describedAs(layer, ids.has(layer.id))) },
    { type: 'saturation', step, epoch, endOfEpoch: true, layers: measured },
    ...notes.map((message): EventBody => ({ type: 'problem', layer: null, message, advice: '' })),
    {
      ...{ type: 'run ended', how: 'completed', exitCode: null, signal: null },
      message: `Pooled from ${runs.map(({ log }) => log).join(', ')}.`,
    },
  ]
}

function describedAs(layer: LayerState, isMerged: boolean): Layer {
  const described = v.parse(Layer, layer)
  return isMerged ? described : { ...described, notMeasured: layer.notMeasured ?? 'it is not merged' }
}

function attachedOf({
  process: of,
  measure: options,
  trains,
  ...known
}: NonNullable<RunState['attached']>): Omit<Extract<EventBody, { type: 'attached' }>, 'type'> {
  return {
    ...known,
    ...(of ? { process: of } : {}),
    ...(options ? { measure: options } : {}),
    ...(trains === undefined ? {} : { trains }),
  }
}

function measurementOf(window: KeptCovariance, delta: number): Measurement {
  const { layer, split, observations, effective, represented, rejected, steps, covariance } = window
  const { k, trace, status, spectrum } = measure(covariance, delta, rejected)
  return {
    ...{ layer, split, width: covariance.width, observations },
    ...(Math.round(effective) < observations ? { effective: Math.round(effective) } : {}),
    ...{ seen: Math.round(represented) + rejected, k, delta, trace, status, rejected, steps, spectrum },
  }
}

function digestOf(bodies: readonly EventBody[]): RunDigest {
  const digest = new RunDigest()
  bodies.forEach((body, seq) => digest.add({ ...body, seq, by: 'session', time: Date.now() }))
  return digest
}

/** Writes the pooled run: a log, and its covariances for further merges. */
async function write(file: string, bodies: readonly EventBody[], windows: readonly KeptCovariance[]): Promise<void> {
  const logs = new LogFiles(file)
  try {
    const target = logs.file(1)
    const journal = new Journal(target, new RunDigest().state)
    journal.report(...bodies)
    journal.close()
    if (logs.isFile) writeCovariances(covariancesFileOf(target), windows)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new UsageError(`The log ${file} cannot be written: ${error.message}`)
  } finally {
    await logs.close()
    logs.dispose()
  }
}
