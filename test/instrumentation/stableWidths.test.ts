import path from 'node:path'
import { expect, it } from 'vitest'
import { settlingOf } from '../../src/advice/settling.ts'
import { estimatedWidth } from '../../src/advice/estimatedWidth.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun, type LayerState } from '../../src/run/state.ts'
import { train, type Trained } from './training.ts'

const PROGRAM = path.resolve('test/fixtures/programs/models/settles.cjs')
const LAYERS = ['wide', 'wider']
/** Largest ratio of two widths that are a step apart. */
const STEP = 1.126

/** The width estimated of a layer, as all views show it where it is underused; null before it has settled. */
function widthOf(layer: LayerState): number | null {
  const { settled, windows } = settlingOf(layer)
  if (!settled) return null
  const k99 = windows.reduce((sum, window) => sum + window.k99, 0) / windows.length
  return estimatedWidth({ width: layer.width!, k99 })
}

/** The widths estimated after each report of a run, by layer. */
function reported({ events }: Trained): Record<string, number[]> {
  const run = emptyRun()
  const widths = Object.fromEntries(LAYERS.map((name): [string, number[]] => [name, []]))
  for (const event of events) {
    fold(run, event)
    if (event.type !== 'saturation') continue
    for (const layer of run.layers) {
      const width = widthOf(layer)
      if (width !== null) widths[layer.name]?.push(width)
    }
  }
  return widths
}

it('differ by a step at most between reports, seeds, and a sample or all of the rows', async () => {
  const runs: Trained[] = []
  const sampled = (seed: string) => train(PROGRAM, { args: [seed, '8'], budget: 0.2 })
  runs.push(await sampled('1'), await sampled('2'), await train(PROGRAM, { args: ['1', '8'], rows: 'all' }))
  for (const name of LAYERS) {
    const widths = runs.map((run) => reported(run)[name] ?? [])
    for (const ofRun of widths) expect(ofRun.length, JSON.stringify(widths)).toBeGreaterThan(0)
    const all = widths.flat()
    expect(Math.max(...all) / Math.min(...all), `${name}: ${JSON.stringify(widths)}`).toBeLessThanOrEqual(STEP)
  }
})
