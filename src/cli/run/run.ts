import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { widthsToRemember } from '../../advice/widthsToRemember.ts'
import type { MeasureOptions } from '../../protocol/measureOptions.ts'
import type { RunEvent } from '../../protocol/events.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { Task } from '../../protocol/task.ts'
import type { RunState } from '../../run/state.ts'
import { findScript } from '../../runner/launch/findScript.ts'
import { findProgram } from '../../runner/launch/findProgram.ts'
import { foldLog } from '../../runner/history/savedRuns.ts'
import { Runs } from '../../runner/runs.ts'
import { claimStorage, clearLeftovers, storagePrefix } from '../../runner/transport/leftovers.ts'
import { knownBefore, measuredBefore, probedBefore } from '../../run/provenBefore.ts'
import { colorsFor } from '../console/colors.ts'
import { CommandRuns } from './commandRuns.ts'
import { inheritFrom } from './inheritFrom.ts'
import { LogFiles } from './logFile.ts'
import { Screen } from '../console/screen.ts'
import { UsageError } from '../console/usageError.ts'
import { exitCodeOf, spawnTraining, type Child } from './spawn.ts'
import { printLine, terminalText } from '../console/terminalText.ts'

/** Milliseconds between two redraws of the live bars. */
const REDRAW_INTERVAL_MS = 200
/** Milliseconds between two lines of progress, where there is no terminal to draw on. */
const PROGRESS_INTERVAL_MS = 15_000

/** Bytes of a megabyte. */
const BYTES_PER_MB = 1e6

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
  set?: Override[]
  log?: string
  node: string
  delta: number
  budget: number
  rows: 'sampled' | 'all'
  live: boolean
  completeWasm: boolean
  npm?: true
  inherit?: string
  /** An earlier run whose weights are put in, and nothing is trained. */
  from?: string
  keepWeights: boolean
  /** Megabytes. */
  keepWeightsLimit: number
  keepCovariances?: true
  saveModel?: string
}

/** What a command does with the runs beside showing them. */
export interface RunTask {
  /** What is done with the trained model; nothing when missing. */
  task?: Task
  /** Called at the end with the runs, before their tables are shown. @returns the exit code where the script's was 0 */
  ended(runs: CommandRuns): number
  /** Called with the events of the first run. @returns why it is to stop, as the begin of a sentence; null to go on */
  watch?(events: readonly RunEvent[], state: RunState): string | null
  /** Whether standard output is the command's own: what the script prints goes to the error output. */
  ownsOutput: boolean
}

/**
 * Runs a script under the monitor. The script keeps standard input and output; bars, and a table for each process that
 * has trained, go to the error output, so that what the script prints can be piped on.
 * @returns the script's exit code, 128 + n after signal n.
 * @throws LaunchError or UsageError when nothing was started.
 */
export async function runScript(script: string, args: string[], flags: RunFlags, task?: RunTask): Promise<number> {
  const earlier = flags.from ?? flags.inherit
  const found = earlier === undefined ? null : inheritFrom(earlier, flags.from === undefined)
  const inherit = found?.inherit
  // Before its log may be replaced.
  const source = found && flags.from !== undefined ? await foldLog(found.log).catch(() => null) : null
  const logs = flags.log === undefined ? null : new LogFiles(flags.log)
  const storage = makeStorage(() => logs?.dispose())
  const kept = logs ? { logOf: (n: number) => logs.file(n), before: logs.before, remember: widthsToRemember } : {}
  const runs = new Runs({ storage, preload: path.join(__dirname, 'preload.cjs'), ...kept })
  const shown = new CommandRuns()
  runs.onDidBegin((run) => {
    shown.add(run)
    if (shown.states.length > 1) return
    run.onEvents((events) => {
      const reason = task?.watch?.(events, run.state) ?? null
      if (reason !== null) run.stop(reason)
    })
  })
  try {
    const { delta, budget, rows, node } = flags
    const starting = runs.start({
      script,
      ...(flags.npm ? { ofPackage: true } : programOf(script)),
      args,
      node,
      cwd: process.cwd(),
      // The training must not outlive a command line that is killed.
      options: {
        delta,
        budget,
        rows,
        measure: measureOptions(flags),
        orphanAfter: 2000,
        completeWasm: flags.completeWasm,
        overrides: flags.set ?? [],
        // Without a log, the weights would be removed together with the run's folder.
        ...(logs?.isFile && flags.keepWeights ? { keepWeights: flags.keepWeightsLimit * BYTES_PER_MB } : {}),
        ...(logs?.isFile && flags.keepCovariances ? { keepCovariances: flags.keepWeightsLimit * BYTES_PER_MB } : {}),
        ...(inherit ? { inherit: { ...inherit, file: logs?.movedTo(inherit.file) ?? inherit.file } } : {}),
        ...(task?.task ? { task: await taskWith(task.task, source, logs) } : {}),
        ...(flags.saveModel === undefined ? {} : { saveModel: path.resolve(flags.saveModel) }),
      },
    })
    const command = await starting.catch(asUsageError)
    const note = source && inherit && measuredBefore(inherit.name, source)
    if (note) command.run.report(note)
    const child = spawnTraining(command, task?.ownsOutput)
    void logs?.close()
    const exit = await watch(shown, child, wayToShow(flags.live, task?.ownsOutput))
    child.release()
    await command.ended({ ...exit, stderrTail: child.stderrTail() })
    await shown.ended()
    const report = shown.report(colorsFor(process.stderr), process.stderr.columns, logs !== null)
    printLine(process.stderr, `\n${report}`)
    // A task that was interrupted has a result as well.
    const code = task?.ended(shown) ?? 0
    return exitCodeOf(exit) || code
  } finally {
    runs.dispose()
    await logs?.close()
    logs?.dispose()
    rmSync(storage, { recursive: true, force: true })
  }
}

/** Nothing has been started when the system refuses a folder, a file or a socket, so that the user can correct it. */
function asUsageError(error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error)) throw error
  throw new UsageError(`The run cannot be recorded, and nothing was started: ${error.message}`)
}

/** A folder for the runs of one command. @param failed called before the error is thrown */
function makeStorage(failed: () => void): string {
  let storage: string | undefined
  try {
    storage = mkdtempSync(storagePrefix())
    claimStorage(storage)
    void clearLeftovers()
    return storage
  } catch (error) {
    if (storage !== undefined) rmSync(storage, { recursive: true, force: true })
    failed()
    return asUsageError(error)
  }
}

/** A task with what is known before it. @param source the run whose weights are put in, where nothing is trained */
async function taskWith(task: Task, source: RunState | null, logs: LogFiles | null): Promise<Task> {
  const before = await logs?.before
  const others = before ? [before] : []
  if (task.kind === 'probe') return { ...task, ...probedBefore([...others, ...(source ? [source] : [])]) }
  return task.kind === 'prove' && source ? { ...task, ...knownBefore(source, others) } : task
}

/** The program to run if the first argument names one instead of a script: `npx tsx train.ts`. */
function programOf(script: string): { program?: string } {
  const cwd = process.cwd()
  // Node finds a script with or without its extension, so a script wins over a program of that name.
  const program = isScript(script, cwd) ? null : findProgram(script, cwd)
  return program === null ? {} : { program }
}

function isScript(script: string, cwd: string): boolean {
  try {
    findScript(script, cwd)
    return true
  } catch {
    return existsSync(script)
  }
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

/**
 * How runs are shown while they train. A terminal without bars is the script's own: a line of ours would stand in the
 * middle of one that the script draws again and again.
 */
function wayToShow(live: boolean, ownsOutput = false): 'bars' | 'lines' | 'nothing' {
  const canDraw = process.stderr.isTTY && process.env['TERM'] !== 'dumb'
  if (!canDraw || ownsOutput) return 'lines'
  return live ? 'bars' : 'nothing'
}

/** Shows the runs until the command has ended. */
function watch(
  runs: CommandRuns,
  { exited }: Child,
  way: ReturnType<typeof wayToShow>,
): Promise<Awaited<Child['exited']>> {
  if (way === 'nothing') return exited
  if (way === 'lines') {
    const printProgress = (): void =>
      runs.progress().forEach((line) => printLine(process.stderr, `saturation: ${line}`))
    const timer = setInterval(printProgress, PROGRESS_INTERVAL_MS)
    return exited.finally(() => clearInterval(timer))
  }
  const screen = new Screen(process.stderr)
  const colors = colorsFor(process.stderr)
  const draw = (): void => screen.show(runs.bars(screen.room, colors).map(terminalText))
  const timer = setInterval(draw, REDRAW_INTERVAL_MS)
  const awaken = clearWhileSuspended(screen)
  return exited.finally(() => {
    clearInterval(timer)
    awaken()
    screen.close()
  })
}

/** Gives the whole screen to the shell while Ctrl+Z has suspended this command. @returns a function that ends this */
function clearWhileSuspended(screen: Screen): () => void {
  const suspend = (): void => {
    screen.clear()
    process.kill(process.pid, 'SIGSTOP')
  }
  process.on('SIGTSTP', suspend)
  return () => process.off('SIGTSTP', suspend)
}
