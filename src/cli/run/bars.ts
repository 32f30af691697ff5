import { measuredLayers } from '../../advice/verdict.ts'
import type { VerdictKind } from '../../advice/verdictKind.ts'
import { verdictWith } from '../../presentation/layer/detail.ts'
import { summarise, type LayerSummary } from '../../presentation/layer/summary.ts'
import { countVerdicts } from '../../presentation/layer/verdictWord.ts'
import { noTraining } from '../../presentation/inherited.ts'
import { number, percent } from '../../presentation/numbers.ts'
import { describeOverrides } from '../../presentation/overrides.ts'
import { position, timeLeftWords, trials } from '../../presentation/progress.ts'
import { describeSampling } from '../../presentation/sampling.ts'
import type { RunState } from '../../run/state.ts'
import type { Colors } from '../console/colors.ts'
import { truncateEnd, truncateMiddle } from '../console/truncate.ts'
import { verdictColor } from '../console/verdictColor.ts'

/** Room on the screen, in characters. */
export interface Room {
  columns: number
  rows: number
}

/** Columns of a layer's name at most. */
const MAX_NAME = 28
/** Columns that a layer's name has even where the words behind its bar are long. */
const MIN_NAME = 8
/** Columns of a bar at most. */
const MAX_BAR = 40
/** Columns that a bar keeps where the words behind it are long; these are cut off then. */
const KEPT_BAR = 8
/** Columns of a bar below which it is left out: it would show nothing. */
const MIN_BAR = 4
/** Columns of the share, of k/width, and of the gaps between. */
const NUMBERS = 2 + 6 + 2 + 9 + 2
/** Columns of the longest verdict without advice: shorter words do not make the bars longer. */
const MIN_WORDS = 'provisional'.length
/** Columns of the overrides in the line of progress at most. */
const MAX_OVERRIDES = 40
/** Verdicts that need attention, counted for layers out of sight. */
const NOTEWORTHY: readonly VerdictKind[] = ['underused', 'crowded', 'dead', 'non-finite']
/** Parts of a character from none to seven eighths. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** How many columns each part of a layer's line has. */
interface Layout {
  name: number
  bar: number
  words: number
}

/**
 * The live picture of a run: a line on its progress and one bar for each measured layer that finds room.
 * @param isNamed whether the run's name stands above; it has the overrides then
 */
export function renderBars(run: RunState, room: Room, colors: Colors, isNamed = false): string[] {
  const layers = measuredLayers(run).map((layer) => summarise(run, layer))
  // One line for the progress, one for the layers left out, one on which the cursor waits.
  const shown = layers.length <= room.rows - 2 ? layers : layers.slice(0, Math.max(0, room.rows - 3))
  const hidden = layers.slice(shown.length)
  const layout = layoutOf(shown, room.columns)
  return [
    truncateEnd(progressLine(run, isNamed), room.columns),
    ...shown.map((layer) => layerLine(layer, layout, room.columns, colors)),
    ...(hidden.length > 0 ? [truncateEnd(hiddenLine(hidden), room.columns)] : []),
  ]
}

/**
 * Where the training stands, in one line: `Epoch 2/5 · step 310 · loss 0.21 · monitor 1.6 % · 40 s left`.
 * @param isNamed whether the run's name stands beside the line; it has the overrides then
 */
export function progressLine(run: RunState, isNamed = false): string {
  const overridden = isNamed ? null : describeOverrides(run.overrides)
  const reduced = describeSampling(run.overhead?.sampling)
  return [
    ...progressOf(run),
    overridden && truncateEnd(`with ${overridden}`, MAX_OVERRIDES),
    // Last, where a narrow terminal cuts it off.
    run.progress && reduced && `measuring ${reduced}`,
  ]
    .filter((part) => part !== null)
    .join(' · ')
}

function progressOf(run: RunState): (string | null)[] {
  const before = trials(run) ?? noTraining(run)
  if (before !== null) return [before]
  if (!run.progress) return [run.layers.length > 0 ? 'Waiting for the first training step' : 'Waiting for a model']
  const { step, loss, epoch } = run.progress
  return [
    epoch === null ? null : position(run.progress, run.fit),
    `step ${number(step)}`,
    loss === null ? null : `loss ${loss.toPrecision(3)}`,
    run.overhead && `monitor ${percent(run.overhead.share)}`,
    timeLeftWords(run),
  ]
}

/** All bars are drawn to one scale, so the longest name and the longest words decide for all. */
function layoutOf(layers: readonly LayerSummary[], columns: number): Layout {
  const longestName = Math.max(0, ...layers.map(({ name }) => name.length))
  const longestWords = Math.max(MIN_WORDS, ...layers.map((layer) => wordsOf(layer).length))
  const forName = Math.min(MAX_NAME, Math.max(MIN_NAME, columns - NUMBERS - longestWords))
  const name = Math.min(forName, longestName)
  const words = Math.min(longestWords, Math.max(MIN_WORDS, columns - name - NUMBERS - KEPT_BAR))
  return { name, words, bar: Math.min(MAX_BAR, columns - name - NUMBERS - words) }
}

function layerLine(layer: LayerSummary, layout: Layout, columns: number, colors: Colors): string {
  const { train, verdict } = layer
  const name = truncateMiddle(layer.name, layout.name).padEnd(layout.name)
  const dimensions = (train?.shortDimensions ?? '').padEnd(9)
  const share = (train ? percent(train.saturation) : '').padStart(6)
  const words = truncateEnd(wordsOf(layer), layout.words)
  // On a narrow screen the numbers stay and the picture goes.
  if (layout.bar < MIN_BAR) return truncateEnd(`${name}  ${share}  ${dimensions}  ${words}`, columns).trimEnd()
  const paint = verdictColor(verdict, colors)
  const picture = bar(train?.saturation ?? 0, layout.bar)
  return `${name}  ${paint(picture)}${share}  ${dimensions}  ${paint(words)}`.trimEnd()
}

function wordsOf({ verdictWord, detail }: LayerSummary): string {
  return verdictWith(verdictWord, detail)
}

/** `… and 180 more: 12 underused, 1 dead`: the layers that find no room, and which of them need attention. */
function hiddenLine(hidden: readonly LayerSummary[]): string {
  const counts = countVerdicts(
    hidden.map(({ verdict }) => verdict),
    false,
    NOTEWORTHY,
  )
  const words = counts.map(({ count, word }) => `${count} ${word}`)
  return `… and ${hidden.length} more${words.length > 0 ? `: ${words.join(', ')}` : ''}`
}

/** A bar of `width` characters for a share in [0, 1], drawn in eighths of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  return ('█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')).padEnd(width)
}
