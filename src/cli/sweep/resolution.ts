import path from 'node:path'
import {
  heightsToTry,
  inputFields,
  recommendedResolution,
  type InputFields,
} from '../../comparison/sweep/resolution.ts'
import type { Sweep, SweptNetwork } from '../../comparison/sweep/sweep.ts'
import { withoutTail } from '../../comparison/contribution/tail.ts'
import { prepareFolder } from '../../experiments/kept/folder.ts'
import { BASELINE } from '../../experiments/sweep/trials.ts'
import type { TriedCandidate } from '../../experiments/tryCandidates.ts'
import { isOfInputSize } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'
import { rangeWords, recommendedWords, sizeWords, tailInsteadWords } from '../../presentation/sweep/resolutionWords.ts'
import { chanceWords } from '../../presentation/sweep/sweepWords.ts'
import { htmlChart } from '../../report/html/lineChart.ts'
import { sweepPage } from '../../report/html/sweepPage.ts'
import { sweepJson } from '../../report/sweepJson.ts'
import { printJson, printLine } from '../console/terminalText.ts'
import { UsageError } from '../console/usageError.ts'
import { textOf } from '../rightsize/reproduce.ts'
import { candidatesOf } from '../try/candidates.ts'
import type { StudyFlags } from './flags.ts'
import { renderSweep } from './renderSweep.ts'
import { runStudy, studyFolder } from './studyCommand.ts'
import { asUsageErrors, writePage } from './sweep.ts'

/** Options of `saturation resolution`. */
export interface ResolutionFlags extends StudyFlags {
  /** Heights of the input to measure. */
  sizes?: number[]
}

/**
 * Trains a script with inputs of several sizes, and without the layers that add little at its own, and recommends a size.
 * @returns 0; 130 where it was interrupted.
 * @throws UsageError when the model takes no images, the script as it is fails, or no trial can be started.
 */
export async function findResolution(script: string, args: string[], flags: ResolutionFlags): Promise<number> {
  const folder = studyFolder('resolution', script, flags.dir)
  asUsageErrors(() => prepareFolder(folder))
  const command = { script, args, flags }
  const first = await runStudy(command, [], folder, false, () => undefined)
  const run = first.baseline
  if (!run) return first.interruptedWith ?? 1
  const fields = inputFields(run)
  if (!fields)
    throw new UsageError(
      'The resolution cannot be varied: the model takes no images of one size, in the shape [height, width, channels].',
    )
  const sizes = (flags.sizes ?? heightsToTry(fields)).map((height) => sizeAt(fields, height))
  const without = withoutTail(run.layers, { layers: (fields.tail?.layers ?? []).map((layer) => ({ layer })) })
  const networks = candidatesOf(
    [],
    [
      ...sizes
        .filter((size) => sizeWords(size) !== sizeWords(fields.input))
        .map((size) => `input.size=${JSON.stringify(size)}`),
      ...(without.length === 0 ? [] : [without.map(textOf).join(',')]),
    ],
  )
  const title = `Input resolution of ${path.basename(script)}`
  const draw = (sweep: Sweep): void =>
    writePage(flags.html, sweepPage(title, sweep, [...findings(sweep, fields, run, networks), chart(sweep, fields)]))
  if (!flags.json) rangeWords(fields).forEach((line) => printLine(process.stdout, line))
  const { sweep, interruptedWith } = await runStudy(command, networks, folder, false, draw)
  draw(sweep)
  const recommended = recommendedResolution(sweep, isResolution)
  if (flags.json) {
    const { input, range, tail } = fields
    printJson({
      ...{ input, range, tail: tail && { ...tail, layers: namesIn(run, tail.layers) } },
      ...sweepJson(sweep),
      recommended: recommended && sizeOf(fields)(recommended.network),
    })
  } else
    printLine(
      process.stdout,
      ['', renderSweep(sweep), '', ...findings(sweep, fields, run, networks), ...chanceWords(sweep)].join('\n'),
    )
  return interruptedWith ?? 0
}

/** Height and width in the proportions of the script's own input. */
function sizeAt({ input: [height, width] }: InputFields, wanted: number): [number, number] {
  return [wanted, Math.max(1, Math.round((wanted * width) / height))]
}

function isResolution({ name, overrides }: SweptNetwork): boolean {
  return name === BASELINE || overrides.some(isOfInputSize)
}

function sizeOf({ input }: InputFields): (network: SweptNetwork) => readonly number[] {
  return ({ overrides }) => {
    const size = overrides.findLast(isOfInputSize)?.value ?? input
    return Array.isArray(size) ? (size as readonly number[]) : [Number(size)]
  }
}

function findings(sweep: Sweep, fields: InputFields, run: RunState, networks: readonly TriedCandidate[]): string[] {
  const planned = networks.find(({ overrides }) => !overrides.some(isOfInputSize))
  const without = sweep.networks.find(({ name }) => name === planned?.name) ?? null
  return [
    ...recommendedWords(sweep, recommendedResolution(sweep, isResolution), sizeOf(fields)),
    ...tailInsteadWords(sweep, fields.tail, namesIn(run, fields.tail?.layers ?? []), without),
  ]
}

function namesIn({ layers }: RunState, ids: readonly string[]): string[] {
  return ids.map((id) => layers.find((layer) => layer.id === id)?.name ?? id)
}

/** Metric, saturation and evenness over the sizes. */
function chart({ metric, networks }: Sweep, fields: InputFields): ReturnType<typeof htmlChart> {
  const measured = networks
    .filter((network) => isResolution(network) && network.how === 'completed')
    .sort((a, b) => sizeOf(fields)(a)[0]! - sizeOf(fields)(b)[0]!)
  return htmlChart({
    title: 'By size of the input',
    categories: measured.map((network) => sizeWords(sizeOf(fields)(network))),
    lines: [
      ...(metric?.isShare ? [{ name: metric.name, values: measured.map(({ value }) => value?.mean ?? null) }] : []),
      { name: 'mean saturation', values: measured.map(({ profile }) => profile.mean) },
      { name: 'evenness', values: measured.map(({ profile }) => profile.evenness) },
    ],
  })
}
