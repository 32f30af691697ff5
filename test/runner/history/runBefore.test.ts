import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { widthsToRemember } from '../../../src/advice/widthsToRemember.ts'
import type { EarlierWidth, EventBody, RunEvent } from '../../../src/protocol/events.ts'
import { Runs } from '../../../src/runner/runs.ts'
import type { WatchedRun } from '../../../src/runner/watchedRun.ts'
import { layer, measurement } from '../../presentation/layers.ts'

let folder: string
const sessions: Runs[] = []
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-before-'))))
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose()
  rmSync(folder, { recursive: true, force: true })
})

/** The runs of a window; a further one has the runs of those before only as files. */
function openWindow(): Runs {
  const runs = new Runs({ storage: path.join(folder, 'storage'), preload: '/preload.cjs', remember: widthsToRemember })
  sessions.push(runs)
  return runs
}

/** Runs a script whose process reports a layer of a width, of which 15 dimensions are used, over so many epochs. */
async function run(runs: Runs, script: string, width: number | null, epochs = 3): Promise<WatchedRun> {
  writeFileSync(path.join(folder, script), '')
  const options = { delta: 0.99, budget: 1, orphanAfter: null }
  const request = { script: path.join(folder, script), args: [], node: process.execPath, options }
  const { run: started, ended } = await runs.start(request)
  if (width !== null) started.report(...trained(width, epochs))
  await ended({ exitCode: width === null ? 1 : 0 })
  return started
}

function trained(width: number, epochs: number): EventBody[] {
  const { id, name, kind, site, widthProperty, parameters, inbound, isOutput, notMeasured } = layer()
  const described = { id, name, kind, site, width, widthProperty, parameters, inbound, isOutput, notMeasured }
  const spectrum = { head: Array.from({ length: width }, (_, i) => (i < 15 ? 1 : 0)), tail: [] }
  return [
    { type: 'model', layers: [{ ...described, outputShape: [null, width], activation: null }] },
    ...Array.from({ length: epochs }, (_, epoch): EventBody => {
      const steps = { first: 10 * epoch + 1, last: 10 * epoch + 10, epochs: 1 }
      const layers = [measurement({ width, spectrum, steps })]
      return { type: 'saturation', step: steps.last, epoch, endOfEpoch: true, layers }
    }),
  ]
}

const WIDE: EarlierWidth = { layer: 'dense_1', width: 320, estimate: 72 }

describe('a run', () => {
  it('learns from the run before, in this window or in one before, what layers were narrowed', async () => {
    const first = openWindow()
    expect((await run(first, 'a.js', 320)).state.earlierWidths).toEqual([])
    const narrowed = await run(first, 'a.js', 104)
    expect(narrowed.state.earlierWidths).toEqual([WIDE])
    expect(narrowed.state.layers[0]?.earlier).toEqual(WIDE)
    first.dispose()
    // Still narrower: it is the width before all narrowing that counts.
    expect((await run(openWindow(), 'a.js', 80)).state.earlierWidths).toEqual([WIDE])
    expect((await run(openWindow(), 'a.js', 320)).state.earlierWidths).toEqual([WIDE])
  })

  it('has it in its log before it ends, even one that fails at once', async () => {
    const runs = openWindow()
    await run(runs, 'a.js', 320)
    const failed = await run(runs, 'a.js', null)
    const events = readFileSync(failed.record.log, 'utf8').trimEnd().split('\n')
    const types = events.map((line) => (JSON.parse(line) as RunEvent).type)
    expect(types).toEqual(['run started', 'earlier widths', 'run ended'])
    expect((await run(openWindow(), 'a.js', 104, 1)).state.earlierWidths).toEqual([WIDE])
    expect((await run(openWindow(), 'a.js', 104)).state.earlierWidths).toEqual([WIDE])
  })

  it('learns nothing from other scripts, and nothing of layers without an estimate', async () => {
    const runs = openWindow()
    await run(runs, 'a.js', 320)
    await run(runs, 'b.js', 16)
    expect((await run(runs, 'b.js', 16)).state.earlierWidths).toEqual([])
    expect((await run(runs, 'a.js', 104)).state.earlierWidths).toEqual([WIDE])
  })

  it('of a process that a person started in a terminal learns as well', async () => {
    const runs = openWindow()
    await run(runs, 'a.js', 320)
    const join = { protocol: 1, secret: '', pid: process.pid, trains: true, args: [] as string[] } as const
    await runs.admit({ ...join, script: path.join(folder, 'a.js'), cwd: folder })
    await vi.waitFor(() => expect(runs.current?.state.earlierWidths).toEqual([WIDE]))
  })

  it('of a program learns only from one with the same arguments', async () => {
    const runs = openWindow()
    const programRun = async (script: string): Promise<EarlierWidth[]> => {
      const options = { delta: 0.99, budget: 1, orphanAfter: null }
      const named = {
        script: 'npx',
        program: process.execPath,
        args: ['tsx', script],
        cwd: folder,
        node: process.execPath,
      }
      const { run: started, ended } = await runs.start({ ...named, options })
      started.report(...trained(320, 3))
      await ended({ exitCode: 0 })
      return started.state.earlierWidths
    }
    expect(await programRun('a.ts')).toEqual([])
    expect(await programRun('b.ts')).toEqual([])
    expect(await programRun('a.ts')).toEqual([WIDE])
  })
})
