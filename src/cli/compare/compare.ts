import { existsSync } from 'node:fs'
import path from 'node:path'
import { compareRuns, type Trained } from '../../comparison/compareRuns.ts'
import { comparisonMarkdown } from '../../presentation/comparison/comparisonMarkdown.ts'
import { comparisonJson } from '../../report/comparisonJson.ts'
import { colorsFor } from '../console/colors.ts'
import { UsageError } from '../console/usageError.ts'
import { writeSummary } from '../console/writeSummary.ts'
import { readDigest } from '../report/readDigest.ts'
import { renderComparison } from './renderComparison.ts'
import { printJson, printLine } from '../console/terminalText.ts'

/** Options of `saturation compare`. */
export interface CompareFlags {
  metric?: string
  json?: true
  /** File that a summary is appended to. */
  markdown?: string
}

/**
 * Prints how networks differ, as their runs' logs tell.
 * @param networks a log each; several of one network are joined by commas
 * @returns the exit code
 * @throws UsageError when a log cannot be read, or the runs do not report the metric.
 */
export async function compareLogs(networks: readonly string[], flags: CompareFlags): Promise<number> {
  const names = namesOf(networks.map(logsOf).map(([first = '']) => first))
  const trained: Trained[] = []
  for (const [i, network] of networks.entries()) {
    const digests = await Promise.all(logsOf(network).map(readDigest))
    trained.push({ name: names[i]!, runs: digests.map(({ state }) => state) })
  }
  const { metric = null } = flags
  const comparison = compareRuns(trained, { metric })
  if (metric !== null && !comparison.metric) throw new UsageError(unknownMetric(metric, comparison.known))
  if (flags.json) printJson(comparisonJson(comparison))
  else printLine(process.stdout, renderComparison(comparison, colorsFor(process.stdout)))
  if (flags.markdown !== undefined) writeSummary(flags.markdown, comparisonMarkdown(comparison))
  return 0
}

/** A sentence on a metric that not all runs report. @param known those that any of them reports */
export function unknownMetric(name: string, known: readonly string[]): string {
  const others = known.length === 0 ? 'They report none.' : `Reported are ${known.join(', ')}.`
  return `Not all of the runs report a metric ${name}. ${others}`
}

/** The logs of one network. A file whose name has a comma in it is one log. */
function logsOf(network: string): string[] {
  return existsSync(network) ? [network] : network.split(',').filter((log) => log !== '')
}

/** Short names of logs: of the file where these differ, else the path. */
function namesOf(logs: readonly string[]): string[] {
  const short = logs.map((log) => path.basename(log).replace(/\.jsonl$/, ''))
  return new Set(short).size === short.length ? short : [...logs]
}
