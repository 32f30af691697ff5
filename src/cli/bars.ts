import { judge, measuredLayers, percent, type Verdict } from '../advice/verdict.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { duration, position, timeLeft } from '../views/progress.ts'
import { colorOf, type Colors } from './table.ts'

/** Room on the screen, in characters. */
export interface Room {
  columns: number
  rows: number
}

const LONGEST_NAME = 28
const LONGEST_BAR = 40
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** The live picture of a run: a line on its progress and one bar for each measured layer that finds room. */
export function renderBars(run: RunState, room: Room, colors: Colors): string[] {
  const layers = measuredLayers(run)
  // One line for the progress, one for the layers left out, one on which the cursor waits.
  const shown = layers.length <= room.rows - 2 ? layers : layers.slice(0, Math.max(0, room.rows - 3))
  const lines = [fit(progressLine(run), room.columns)]
  const nameWidth = Math.min(LONGEST_NAME, Math.max(0, ...shown.map((layer) => layer.name.length)))
  for (const layer of shown) lines.push(layerLine(layer, nameWidth, room.columns, colors))
  const more = layers.length - shown.length
  if (more > 0) lines.push(fit(`… and ${more} more, see saturation report`, room.columns))
  return lines
}

/** Where the training stands, in one line: `Epoch 2/5 · step 310 · loss 0.21 · monitor 1.6 % · 40 s left`. */
export function progressLine(run: RunState): string {
  if (!run.progress) return run.layers.length > 0 ? 'Waiting for the first training step' : 'Waiting for a model'
  const { step, loss, epoch } = run.progress
  const left = timeLeft(run)
  return [
    epoch === null ? null : position(run.progress),
    `step ${step.toLocaleString('en')}`,
    loss === null ? null : `loss ${loss.toPrecision(3)}`,
    run.overhead && `monitor ${percent(run.overhead.share)}`,
    left === null ? null : `${duration(left)} left`,
  ]
    .filter((part) => part !== null)
    .join(' · ')
}

function layerLine(layer: LayerState, nameWidth: number, columns: number, colors: Colors): string {
  const verdict = judge(layer)
  const saturation = saturationOf(layer.train)
  const name = fit(layer.name, nameWidth).padEnd(nameWidth)
  const numbers = layer.train && saturation !== null ? `${layer.train.k}/${layer.train.width}` : ''
  const share = (saturation === null ? '' : percent(saturation)).padStart(6)
  const words = wordsOf(verdict)
  const fixed = `${name}  ${share}  ${numbers.padEnd(9)}  ${words}`
  const barWidth = Math.min(LONGEST_BAR, columns - fixed.length - 2)
  // On a narrow screen the numbers stay and the picture goes.
  if (barWidth < 4) return fit(fixed, columns)
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

function fit(text: string, columns: number): string {
  const characters = [...text]
  return characters.length <= columns ? text : characters.slice(0, Math.max(0, columns - 1)).join('') + '…'
}
