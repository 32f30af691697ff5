import { judge, measuredLayers, percent, type Verdict, type VerdictKind } from '../../advice/verdict.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { duration, position, timeLeft } from '../../presentation/progress.ts'
import { samplingWords } from '../../presentation/sampling.ts'
import type { Colors } from '../console/colors.ts'
import { fitEnd, fitMiddle } from '../console/truncate.ts'
import { colorOf } from '../report/table.ts'

/** Room on the screen, in characters. */
export interface Room {
  columns: number
  rows: number
}

const LONGEST_NAME = 28
const SHORTEST_NAME = 8
const LONGEST_BAR = 40
/** Columns of the share, of k/width, and of the gaps. */
const NUMBERS = 2 + 6 + 2 + 9 + 2
const SHORTEST_WORDS = 'provisional'.length
/** Verdicts that want attention, named for layers out of sight. */
const REMARKABLE: readonly VerdictKind[] = ['underused', 'crowded', 'dead', 'non-finite']
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** The live picture of a run: a line on its progress and one bar for each measured layer that finds room. */
export function renderBars(run: RunState, room: Room, colors: Colors): string[] {
  const layers = measuredLayers(run)
  // One line for the progress, one for the layers left out, one on which the cursor waits.
  const shown = layers.length <= room.rows - 2 ? layers : layers.slice(0, Math.max(0, room.rows - 3))
  // All bars are drawn to one scale, so the longest words decide.
  const wordsWidth = Math.max(SHORTEST_WORDS, ...shown.map((layer) => wordsOf(judge(layer)).length))
  const forName = Math.min(LONGEST_NAME, Math.max(SHORTEST_NAME, room.columns - NUMBERS - wordsWidth))
  const nameWidth = Math.min(forName, Math.max(0, ...shown.map((layer) => layer.name.length)))
  const barWidth = Math.min(LONGEST_BAR, room.columns - nameWidth - NUMBERS - wordsWidth)
  const lines = [fitEnd(progressLine(run), room.columns)]
  for (const layer of shown) lines.push(layerLine(layer, nameWidth, barWidth, room.columns, colors))
  const hidden = layers.slice(shown.length)
  if (hidden.length > 0) lines.push(fitEnd(hiddenWords(hidden), room.columns))
  return lines
}

/** `… and 180 more: 12 underused, 1 dead`: what finds no room, and what of it wants attention. */
function hiddenWords(hidden: readonly LayerState[]): string {
  const kinds = hidden.map((layer) => judge(layer).kind)
  const counts = REMARKABLE.map((kind) => [kinds.filter((other) => other === kind).length, kind] as const)
  const words = counts.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`)
  return `… and ${hidden.length} more${words.length > 0 ? `: ${words.join(', ')}` : ''}`
}

/** Where the training stands, in one line: `Epoch 2/5 · step 310 · loss 0.21 · monitor 1.6 % · 40 s left`. */
export function progressLine(run: RunState): string {
  if (!run.progress) return run.layers.length > 0 ? 'Waiting for the first training step' : 'Waiting for a model'
  const { step, loss, epoch } = run.progress
  const left = timeLeft(run)
  const thinned = samplingWords(run.overhead?.sampling)
  return [
    epoch === null ? null : position(run.progress),
    `step ${step.toLocaleString('en')}`,
    loss === null ? null : `loss ${loss.toPrecision(3)}`,
    run.overhead && `monitor ${percent(run.overhead.share)}`,
    left === null ? null : `${duration(left)} left`,
    // Last, where a narrow terminal cuts it off.
    thinned === null ? null : `measuring ${thinned}`,
  ]
    .filter((part) => part !== null)
    .join(' · ')
}

function layerLine(layer: LayerState, nameWidth: number, barWidth: number, columns: number, colors: Colors): string {
  const verdict = judge(layer)
  // The number beside a verdict is the one it rests on.
  const { measurement, saturation } = verdict
  const name = fitMiddle(layer.name, nameWidth).padEnd(nameWidth)
  const numbers =
    measurement && saturation !== null ? `${measurement.bounds ? '≈' : ''}${measurement.k}/${measurement.width}` : ''
  const share = (saturation === null ? '' : percent(saturation)).padStart(6)
  const words = wordsOf(verdict)
  // On a narrow screen the numbers stay and the picture goes.
  if (barWidth < 4) return fitEnd(`${name}  ${share}  ${numbers.padEnd(9)}  ${words}`, columns).trimEnd()
  const paint = colorOf(verdict.kind, colors)
  return `${name}  ${paint(bar(saturation ?? 0, barWidth))}${share}  ${numbers.padEnd(9)}  ${paint(words)}`.trimEnd()
}

function wordsOf({ kind, recommendedWidth }: Verdict): string {
  return recommendedWidth === null ? kind : `${kind}, try ${recommendedWidth}`
}

/** A bar of `width` characters for a share in [0, 1], drawn in eighths of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  return ('█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')).padEnd(width)
}
