import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { MeasureOptions } from '../run/measureOptions.ts'
import { Runs } from '../session/runs.ts'
import type { WatchedRun } from '../session/watchedRun.ts'
import { progressLine, renderBars } from './bars.ts'
import { colorsFor } from './colors.ts'
import { Digest } from './digest.ts'
import { UsageError } from './failure.ts'
import { prepareLog } from './logFile.ts'
import { reportOf } from './rows.ts'
import { Screen } from './screen.ts'
import { exitCodeOf, spawnTraining, type Child } from './spawn.ts'
import { renderReport } from './table.ts'

/** Milliseconds between two pictures of the live bars. */
const REDRAW = 200
/** Milliseconds between two lines of progress where there is no terminal to draw on. */
const TELL = 15_000
/** What people put before a script out of habit. */
const RUNNERS = new Set(['node', 'npm', 'npx', 'pnpm', 'yarn', 'tsx', 'ts-node', 'babel-node'])

/** Options of `saturation run`. */
export interface RunFlags {
  conv: MeasureOptions['convolution']
  downsample?: number
  recurrent: MeasureOptions['recurrent']
  window: MeasureOptions['window']
  halfLife: number
  maxObservations?: number
  layers?: string[]
  skip?: string[]
  preActivation?: true
  embedding?: number
  exactWidth: number
  log?: string
  node: string
  delta: number
  budget: number
  rows: 'sampled' | 'all'
  live: boolean
  completeWasm: boolean
  npm?: true
}

/**
 * Runs a script under the monitor. The script keeps standard input and output; bars, and the table at the end, go to
 * the error output, so that what the script prints can be piped on.
 * @returns the script's exit code, 128 + n after signal n.
 * @throws LaunchError or UsageError when nothing was started.
 */
export async function runScript(script: string, args: string[], flags: RunFlags): Promise<number> {
  if (!flags.npm) refuseRunner(script)
  const log = flags.log === undefined ? {} : { log: prepareLog(flags.log) }
  const storage = mkdtempSync(path.join(os.tmpdir(), 'saturation-run-'))
  const runs = new Runs({ storage, preload: path.join(__dirname, 'preload.cjs'), ...log })
  try {
    const { delta, budget, rows, node } = flags
    const { run, ...launch } = await runs.start({
      script,
      ofPackage: flags.npm === true,
      args,
      node,
      cwd: process.cwd(),
      // A killed command line leaves no training behind.
      options: {
        delta,
        budget,
        rows,
        measure: measureOptions(flags),
        orphanAfter: 2000,
        completeWasm: flags.completeWasm,
      },
    })
    const digest = new Digest(run.state)
    run.onEvents((events) => events.forEach((event) => digest.note(event)))
    const child = spawnTraining(launch)
    const exit = await watch(run, child, flags.live && process.stderr.isTTY)
    // A grandchild may hold the other ends open for as long as it likes.
    child.process.stdout.destroy()
    child.process.stderr.destroy()
    await run.processEnded({ ...exit, stderrTail: child.stderrTail() })
    process.stderr.write(`\n${renderReport(reportOf(digest), colorsFor(process.stderr), process.stderr.columns)}\n`)
    return exitCodeOf(exit)
  } finally {
    runs.dispose()
    rmSync(storage, { recursive: true, force: true })
  }
}

function refuseRunner(script: string): void {
  if (!RUNNERS.has(script) || existsSync(script)) return
  const packageScript = `or with --npm a script of package.json that calls ${script} (saturation run --npm train)`
  throw new UsageError(`${script} is no script. Name the script itself (saturation run train.js), ${packageScript}.`)
}

function measureOptions(flags: RunFlags): MeasureOptions {
  return {
    convolution: flags.conv,
    downsample: flags.downsample ?? null,
    recurrent: flags.recurrent,
    window: flags.window,
    halfLife: flags.halfLife,
    maxObservations: flags.maxObservations ?? null,
    include: flags.layers ?? [],
    exclude: flags.skip ?? [],
    preActivation: flags.preActivation ?? false,
    embedding: flags.embedding ?? null,
    exactWidth: flags.exactWidth,
  }
}

/** Shows the run until its process has ended and its output has passed. */
function watch(run: WatchedRun, child: Child, live: boolean): Promise<Awaited<Child['exited']>> {
  const { stdout, stderr } = child.process
  // Whoever read our output has gone: the script meets the same broken pipe as it would without us.
  process.stdout.on('error', () => stdout.destroy())
  // What does not go to a terminal may not even be text.
  if (!live || !process.stdout.isTTY) stdout.pipe(process.stdout, { end: false })
  if (!live) {
    stderr.pipe(process.stderr, { end: false })
    const timer = setInterval(() => process.stderr.write(`saturation: ${progressLine(run.state)}\n`), TELL)
    return child.exited.finally(() => clearInterval(timer))
  }
  const screen = new Screen(process.stderr)
  const colors = colorsFor(process.stderr)
  const draw = (): void => screen.show(renderBars(run.state, screen.room, colors))
  const timer = setInterval(draw, REDRAW)
  if (process.stdout.isTTY) screen.pass(stdout, process.stdout)
  screen.pass(stderr, process.stderr)
  return child.exited.finally(() => {
    clearInterval(timer)
    screen.close()
  })
}
